using System.Collections.Immutable;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using static Commissaire.ContainerManagers.ContainerManagerCommand;

namespace Commissaire.Domain.Tests.ContainerManagers;

public sealed class ContainerManagerStateTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly ResourceName Name = ResourceName.Parse("kube");
    private static readonly HostAddress Host = HostAddress.Parse("10.2.0.2");
    private static readonly OptionSet Options = OptionSet.Parse("""{"server_url":"https://kube:6443","token":"********"}""");
    private static readonly Put Kubernetes =
        new(Name, ContainerManagerType.Kubernetes, Options, [Secret("token", "secret-1", "new", "old")]);
    private static readonly ContainerManagerView View = new(Name, Kubernetes.Type, Options);
    private static readonly ContainerManagerState None = new(Name);
    private static readonly ContainerManagerState Created = After(None, Kubernetes);
    private static readonly ContainerManagerState Trivial = After(None, new Put(Name, ContainerManagerType.Trivial, OptionSet.Empty, []));
    private static readonly ContainerManagerState WithNode = After(Trivial, new EnsureNode(Name, Host, null));

    [Fact]
    public void Put_creates_a_manager_with_the_first_digest_of_each_secret()
    {
        var decision = None.Decide(Kubernetes, Now);
        var created = Assert.IsType<ContainerManagerEvent.Created>(Assert.Single(decision.Events));
        Assert.Equal((Kubernetes.Type, Options, Now), (created.Type, created.Options, created.At));
        Assert.Equal(new KeptSecret("token", "secret-1", "new"), Assert.Single(created.Secrets));
        Assert.Equal(new ContainerManagerReply.Created(View), decision.Reply);
    }

    [Fact]
    public void Put_with_the_same_definition_changes_nothing() => Says(Created, Kubernetes, new ContainerManagerReply.Described(View));

    [Fact]
    public void A_secret_matches_by_any_of_its_digests() =>
        Says(Created, Kubernetes with { Secrets = [Secret("token", "secret-2", "newer", "new")] },
            new ContainerManagerReply.Described(View));

    [Fact]
    public void Put_with_another_definition_is_rejected()
    {
        var different = new ContainerManagerReply.Different();
        Says(Created, Kubernetes with { Type = ContainerManagerType.OpenShift }, different);
        Says(Created, Kubernetes with { Options = OptionSet.Empty }, different);
        Says(Created, Kubernetes with { Secrets = [] }, different);
        Says(Created, Kubernetes with { Secrets = [Secret("password", "secret-1", "new")] }, different);
        Says(Created, Kubernetes with { Secrets = [.. Kubernetes.Secrets, Secret("password", "secret-2", "new")] }, different);
    }

    [Fact]
    public void Put_with_a_new_secret_only_renews_it()
    {
        var renew = Kubernetes with { Secrets = [Secret("token", "secret-2", "other")] };
        var renewed = Created.Decide(renew, Now);
        Assert.Equal(new ContainerManagerReply.Renewed(View), renewed.Reply);
        var @event = Assert.IsType<ContainerManagerEvent.CredentialsRenewed>(Assert.Single(renewed.Events));
        Assert.Equal(new KeptSecret("token", "secret-2", "other"), Assert.Single(@event.Secrets));
        Says(After(Created, renew), renew, new ContainerManagerReply.Described(View));
        Says(Created, renew with { Options = OptionSet.Empty }, new ContainerManagerReply.Different());
        Assert.Equal("secret-2", Assert.Single(After(Created, renew).Secrets).SecretId);
    }

    [Fact]
    public void Hosts_use_kubeadm_if_the_options_say_so()
    {
        Assert.True(After(None, Kubernetes with { Options = Options.With("join", "kubeadm") }).JoinsByKubeadm);
        Assert.All(new[] { None, Created, Trivial }, other => Assert.False(other.JoinsByKubeadm));
    }

    [Fact]
    public void PrepareJoin_fails_without_the_option_join()
    {
        var prepare = new PrepareJoin(Name, Host);
        Assert.All(new[] { Created, Trivial }, other => Assert.Equal(
            new HostCommand.JoinPrepared(Host, Name, null, "container manager 'kube' does not let hosts join: set its option join"),
            other.Answer(prepare, Now)));
        Assert.Equal(new HostCommand.JoinPrepared(Host, Name, null, "the container manager does not exist"), None.Answer(prepare, Now));
    }

    [Fact]
    public void A_manager_is_deleted_once()
    {
        Says(Created, new Delete(Name), new ContainerManagerReply.NotFound(), new ContainerManagerEvent.Deleted(Now));
        Says(None, new Delete(Name), new ContainerManagerReply.NotFound());
        Says(After(Created, new Delete(Name)), new Describe(Name), new ContainerManagerReply.NotFound());
    }

    [Fact]
    public void Delete_clears_the_state()
    {
        var deleted = After(WithNode, new Delete(Name));
        Assert.Null(deleted.Definition);
        Assert.Empty(deleted.Nodes);
        Assert.Empty(After(Created, new Delete(Name)).Secrets);
    }

    [Fact]
    public void Describe_returns_the_view() => Says(Created, new Describe(Name), new ContainerManagerReply.Described(View));

    [Fact]
    public void A_trivial_manager_records_nodes()
    {
        Says(Trivial, new EnsureNode(Name, Host, null), null, new ContainerManagerEvent.NodeAdded(Host, Now));
        Says(WithNode, new EnsureNode(Name, Host, null), null);
        Says(WithNode, new DescribeNode(Name, Host), new ContainerManagerReply.Node("ok"));
        Says(WithNode, new RemoveNode(Name, Host), null, new ContainerManagerEvent.NodeRemoved(Host, Now));
        Says(Trivial, new RemoveNode(Name, Host), null);
        Says(Trivial, new DescribeNode(Name, Host), new ContainerManagerReply.Node(null));
    }

    [Fact]
    public void The_host_is_told_that_its_node_is_registered_or_removed()
    {
        Assert.Equal(new HostCommand.NodeReported(Host, Name, true, null), WithNode.Answer(new EnsureNode(Name, Host, null), Now));
        Assert.Equal(new HostCommand.NodeReported(Host, Name, false, null), Trivial.Answer(new RemoveNode(Name, Host), Now));
    }

    [Fact]
    public void Other_types_are_servers()
    {
        Says(Created, new EnsureNode(Name, Host, null), null);
        Assert.True(Created.IsServer);
        Assert.False(Trivial.IsServer);
        Assert.Equal("its API must be asked", Reported(Created, new EnsureNode(Name, Host, null)).Problem);
        Assert.Null(Reported(Created, new RemoveNode(Name, Host)).Problem);
    }

    [Fact]
    public void A_deleted_manager_registers_no_node()
    {
        Says(None, new EnsureNode(Name, Host, null), null);
        Assert.Equal(
            new HostCommand.NodeReported(Host, Name, true, "the container manager does not exist"),
            None.Answer(new EnsureNode(Name, Host, null), Now));
        Assert.Equal(new HostCommand.NodeReported(Host, Name, false, null), None.Answer(new RemoveNode(Name, Host), Now));
    }

    [Fact]
    public void Commands_of_clients_are_not_answered_to_a_host() => Assert.Null(Created.Answer(Kubernetes, Now));

    private static HostCommand.NodeReported Reported(ContainerManagerState state, ContainerManagerCommand command) =>
        Assert.IsType<HostCommand.NodeReported>(state.Answer(command, Now));

    private static ContainerManagerState After(ContainerManagerState state, ContainerManagerCommand command) =>
        state.Decide(command, Now).Events.Aggregate(state, (s, e) => s.Evolve(e));

    private static void Says(
        ContainerManagerState state, ContainerManagerCommand command, ContainerManagerReply? reply, params ContainerManagerEvent[] events)
    {
        var decision = state.Decide(command, Now);
        Assert.Equal(events, decision.Events);
        Assert.Equal(reply, decision.Reply);
    }

    private static OfferedSecret Secret(string option, string id, params ImmutableArray<string> digests) =>
        new(option, new EncryptedSecret(id, default), digests);
}
