using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.ContainerManagers.ContainerManagerCommand;

namespace Commissaire.Domain.Tests.ContainerManagers;

/// <summary>The steps of a turn on a node of a trivial container manager.</summary>
public sealed class TrivialNodeStepsTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private static readonly ResourceName Name = ResourceName.Parse("kube");
    private static readonly HostAddress Host = HostAddress.Parse("10.2.0.2");
    private static readonly RunId Run = RunId.Parse("blue.7");
    private static readonly RunId Other = RunId.Parse("blue.3");
    private static readonly ContainerManagerState WithNode = Given("{}", new EnsureNode(Name, Host, null));
    private static readonly ContainerManagerState Cordoned = After(WithNode, Step(TurnSteps.Cordon));

    [Fact]
    public void A_node_is_cordoned_once()
    {
        Does(WithNode, Step(TurnSteps.Cordon), Says(TurnSteps.Cordon, true), new ContainerManagerEvent.NodeCordoned(Host, Run, Now));
        Does(Cordoned, Step(TurnSteps.Cordon), Says(TurnSteps.Cordon, true));
        Assert.Equal(new ContainerManagerReply.Node("cordoned"), Cordoned.Decide(new DescribeNode(Name, Host), Now).Reply);
    }

    [Fact]
    public void A_node_cordoned_by_a_run_of_another_cluster_stays_cordoned()
    {
        var others = After(WithNode, Step(TurnSteps.Cordon) with { Run = RunId.Parse("green.3") });
        Does(others, Step(TurnSteps.Cordon),
            Says(TurnSteps.Cordon, true, "run green.3 already cordoned it") with { CordonedByOthers = true });
        Does(others, Step(TurnSteps.Uncordon), Says(TurnSteps.Uncordon, true));
    }

    [Fact]
    public void A_run_takes_over_the_cordon_that_an_earlier_run_left()
    {
        var others = After(WithNode, Step(TurnSteps.Cordon) with { Run = Other });
        Does(others, Step(TurnSteps.Uncordon), Says(TurnSteps.Uncordon, true));
        Assert.Equal(Other, After(others, Step(TurnSteps.Uncordon)).Cordons[Host].Run);
        Does(others, Step(TurnSteps.Cordon), Says(TurnSteps.Cordon, true), new ContainerManagerEvent.NodeCordoned(Host, Run, Now));
        Assert.Empty(After(After(others, Step(TurnSteps.Cordon)), Step(TurnSteps.Uncordon)).Cordons);
    }

    [Fact]
    public void A_node_is_uncordoned_once()
    {
        Does(Cordoned, Step(TurnSteps.Uncordon), Says(TurnSteps.Uncordon, true), new ContainerManagerEvent.NodeUncordoned(Host, Run, Now));
        Does(WithNode, Step(TurnSteps.Uncordon), Says(TurnSteps.Uncordon, true));
        Assert.Equal(new ContainerManagerReply.Node("ok"),
            After(Cordoned, Step(TurnSteps.Uncordon)).Decide(new DescribeNode(Name, Host), Now).Reply);
    }

    [Fact]
    public void Removing_a_node_removes_its_cordon() => Assert.Empty(After(Cordoned, new RemoveNode(Name, Host)).Cordons);

    [Fact]
    public void A_node_is_drained_and_ready_immediately()
    {
        Does(Cordoned, Step(TurnSteps.Drain), Says(TurnSteps.Drain, true));
        Does(Cordoned, Step(TurnSteps.NodeReady), Says(TurnSteps.NodeReady, true));
    }

    [Theory]
    [InlineData("""{"drain_seconds":2.5}""", "2.5")]
    [InlineData("""{"drain_seconds":"30"}""", "30")]
    public void Option_drain_seconds_delays_a_drain_unless_forced(string options, string seconds)
    {
        var slow = After(Given(options, new EnsureNode(Name, Host, null)), Step(TurnSteps.Cordon));
        var time = TimeSpan.FromSeconds(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Says(TurnSteps.Drain, false, $"draining takes {seconds} s (drain_seconds)"),
            slow.Answer(Step(TurnSteps.Drain), Now + time - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(Says(TurnSteps.Drain, true), slow.Answer(Step(TurnSteps.Drain), Now + time));
        Assert.Equal(Says(TurnSteps.Drain, true), slow.Answer(Step(TurnSteps.Drain) with { Force = true }, Now));
    }

    [Theory]
    [InlineData("""{"drain_seconds":-1}""")]
    [InlineData("""{"drain_seconds":86401}""")]
    [InlineData("""{"drain_seconds":"NaN"}""")]
    [InlineData("""{"drain_seconds":"soon"}""")]
    [InlineData("""{"drain_seconds":[1]}""")]
    [InlineData("""{"drain_seconds":null}""")]
    public void An_invalid_drain_seconds_is_ignored(string options) =>
        Assert.Equal(Says(TurnSteps.Drain, true),
            After(Given(options, new EnsureNode(Name, Host, null)), Step(TurnSteps.Cordon)).Answer(Step(TurnSteps.Drain), Now));

    [Fact]
    public void Steps_of_a_missing_node_wait_except_uncordon()
    {
        var empty = Given("{}");
        Does(empty, Step(TurnSteps.Cordon), Says(TurnSteps.Cordon, false, "the host has no node"));
        Does(empty, Step(TurnSteps.Drain), Says(TurnSteps.Drain, false, "the host has no node"));
        Does(empty, Step(TurnSteps.NodeReady), Says(TurnSteps.NodeReady, false, "the host has no node"));
        Does(empty, Step(TurnSteps.Uncordon), Says(TurnSteps.Uncordon, true, "the node does not exist"));
    }

    [Fact]
    public void Steps_of_a_deleted_manager_report_the_reason()
    {
        var gone = After(Cordoned, new Delete(Name));
        Does(gone, Step(TurnSteps.Cordon), Says(TurnSteps.Cordon, false, "the container manager does not exist"));
        Does(gone, Step(TurnSteps.Uncordon), Says(TurnSteps.Uncordon, true, "the node does not exist"));
    }

    private static ContainerManagerState Given(string options, params ContainerManagerCommand[] commands) =>
        commands.Aggregate(
            After(new ContainerManagerState(Name), new Put(Name, ContainerManagerType.Trivial, OptionSet.Parse(options), [])), After);

    private static TakeNodeStep Step(string step) => new(Name, Host, Run, step, Force: false, "boot", Now);

    private static HostCommand.NodeStepReported Says(string step, bool done, string detail = "") =>
        new(Host, Name, Run, step, done, false, detail);

    private static ContainerManagerState After(ContainerManagerState state, ContainerManagerCommand command) =>
        state.Decide(command, Now).Events.Aggregate(state, (s, e) => s.Evolve(e));

    private static void Does(ContainerManagerState state, TakeNodeStep step, HostCommand answer, params ContainerManagerEvent[] events)
    {
        Assert.Equal(events, state.Decide(step, Now).Events);
        Assert.Equal(answer, After(state, step).Answer(step, Now));
        Assert.Empty(After(state, step).Decide(step, Now).Events);
    }
}
