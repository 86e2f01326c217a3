using Commissaire.Clusters;
using Commissaire.Domain.Tests.Hosts;
using Commissaire.Domain.Tests.Runs;
using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.Domain.Tests;

/// <summary>The trace of a request is handed on to whatever is done for it, and found again in the events.</summary>
public sealed class GoingBackToRequests
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Another = "00-11111111111111111111111111111111-b7ad6b7169203331-01";

    [Fact]
    public void A_registration_is_traced_until_the_host_is_bootstrapped()
    {
        var host = new HostState(HostScenario.Host, HostScenario.Settings).After(HostScenario.RegisterAlone with { Trace = Trace }).After(HostScenario.Found(HostScenario.Done(HostScenario.Gathered()))).After(HostScenario.Plan);
        Assert.Equal((HostStatus.Bootstrapping, Trace), (host.Status, host.Trace));
        host = host.Bootstrap!.Steps.Aggregate(host, (state, step) => state.After(HostScenario.Ran(step.Name, HostScenario.Done(""))));
        Assert.Equal((HostStatus.Disassociated, null), (host.Status, host.Trace));
    }

    [Fact]
    public void What_is_tried_again_after_a_failure_is_no_part_of_the_request()
    {
        var host = new HostState(HostScenario.Host, HostScenario.Settings).After(HostScenario.RegisterAlone with { Trace = Trace }).After(HostScenario.Found(HostScenario.Exit(1, "", "")));
        Assert.Equal((HostStatus.Failed, null), (host.Status, host.Trace));
    }

    [Fact]
    public void A_run_is_traced_from_the_cluster_to_the_turns_of_hosts_also_after_a_crash()
    {
        var blue = ResourceName.Parse("blue");
        var cluster = new ClusterState(blue).Evolve(new ClusterEvent.Created(HostScenario.NoManager, RunScenario.Start));
        var started = Assert.Single(cluster.Decide(new ClusterCommand.StartRun(blue, RunScenario.Options(), "ops") { Trace = Trace }, RunScenario.Start).Events);
        Assert.Equal(Trace, cluster.Evolve(started).Begin()!.Trace);

        var run = new RunSpec().Then(RunScenario.Begin(RunScenario.Options(), RunScenario.AllUp(2)) with { Trace = Trace });
        run.Crash();
        Assert.Equal(Trace, Assert.Single(run.State.Turns).Trace);

        var host = TurnScenario.Of(HostScenario.Active).Then(TurnScenario.BeginTurn(TurnScenario.Restart) with { Trace = Trace });
        Assert.Equal((Trace, host.Time), (host.State.Turn!.Trace, host.State.Turn.Began));
    }

    [Fact]
    public void What_is_retried_belongs_to_the_request_that_retries()
    {
        var run = new RunSpec().Then(RunScenario.Begin(RunScenario.Options(), RunScenario.AllUp(1)) with { Trace = Trace }, RunScenario.Ended(1, RunScenario.Badly), new RunCommand.Retry(RunScenario.Run, "ops") { Trace = Another }, RunScenario.Begin(RunScenario.Options(), RunScenario.AllUp(1)));
        Assert.Equal(Another, Assert.Single(run.State.Turns).Trace);
        Assert.Equal(Another, run.Rebuilt().Trace);
    }

    [Fact]
    public void Without_a_recorded_request_there_is_no_trace()
    {
        var run = new RunSpec().Then(RunScenario.Begin(RunScenario.Options(), RunScenario.AllUp(1)));
        Assert.Null(Assert.Single(run.State.Turns).Trace);
        Assert.Null(TurnScenario.Of(HostScenario.Active).Begin(TurnScenario.Restart).State.Turn!.Trace);
    }
}
