using Commissaire.Networks;
using static Commissaire.Networks.NetworkCommand;

namespace Commissaire.Domain.Tests.Networks;

public sealed class NetworkStateTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly ResourceName Name = ResourceName.Parse("flannel");
    private static readonly Put Server = new(Name, NetworkType.FlannelServer, OptionSet.Empty.With("address", "10.0.0.1:8080"));
    private static readonly NetworkDefinition Definition = new(Name, Server.Type, Server.Options);
    private static readonly NetworkState None = new(Name);
    private static readonly NetworkState Created = None.Evolve(new NetworkEvent.Created(Server.Type, Server.Options, Now));

    [Fact]
    public void Put_creates_a_network() =>
        Says(None, Server, new NetworkReply.Described(Definition), new NetworkEvent.Created(Server.Type, Server.Options, Now));

    [Fact]
    public void Put_with_the_same_definition_changes_nothing() => Says(Created, Server, new NetworkReply.Described(Definition));

    [Fact]
    public void The_order_of_options_does_not_matter()
    {
        var both = Server with { Options = OptionSet.Parse("""{"address":"a","mtu":1}""") };
        var state = None.Evolve(new NetworkEvent.Created(both.Type, both.Options, Now));
        Says(state, both with { Options = OptionSet.Parse("""{"mtu":1, "address":"a"}""") }, new NetworkReply.Described(state.Definition!));
    }

    [Fact]
    public void Put_with_another_definition_is_rejected()
    {
        Says(Created, Server with { Type = NetworkType.FlannelEtcd }, new NetworkReply.Different(Definition));
        Says(Created, Server with { Options = OptionSet.Empty }, new NetworkReply.Different(Definition));
    }

    [Fact]
    public void A_network_is_deleted_once()
    {
        Says(Created, new Delete(Name), new NetworkReply.NotFound(), new NetworkEvent.Deleted(Now));
        Says(None, new Delete(Name), new NetworkReply.NotFound());
    }

    [Fact]
    public void Describe_returns_the_definition()
    {
        Says(Created, new Describe(Name), new NetworkReply.Described(Definition));
        Says(None, new Describe(Name), new NetworkReply.NotFound());
        Says(Created.Evolve(new NetworkEvent.Deleted(Now)), new Describe(Name), new NetworkReply.NotFound());
    }

    [Fact]
    public void The_default_network_always_exists()
    {
        var @default = new NetworkState(NetworkDefinition.Default.Name);
        Says(@default, new Describe(@default.Name), new NetworkReply.Described(NetworkDefinition.Default));

        var own = @default.Evolve(new NetworkEvent.Created(Server.Type, Server.Options, Now));
        Assert.Equal(Definition with { Name = @default.Name }, own.Definition);
        Assert.Equal(NetworkDefinition.Default, own.Evolve(new NetworkEvent.Deleted(Now)).Definition);
    }

    [Theory]
    [InlineData("192.168.152.100:8080", true)]
    [InlineData("flannel.example", true)]
    [InlineData("[2001:db8::1]:8080", true)]
    [InlineData("[2001:db8::1]", true)]
    [InlineData("a:b", false)]
    [InlineData("a b", false)]
    [InlineData("http://a", false)]
    [InlineData("a:80 --evil", false)]
    [InlineData("a\n", false)]
    [InlineData("", false)]
    public void The_address_is_a_host_and_an_optional_port(string address, bool good) =>
        Assert.Equal(good, (Definition with { Options = OptionSet.Empty.With("address", address) }).Problem is null);

    [Fact]
    public void A_missing_address_is_no_problem() => Assert.Null((Definition with { Options = OptionSet.Empty }).Problem);

    private static void Says(NetworkState state, NetworkCommand command, NetworkReply? reply, params NetworkEvent[] events)
    {
        var decision = state.Decide(command, Now);
        Assert.Equal(events, decision.Events);
        Assert.Equal(reply, decision.Reply);
    }
}
