using Commissaire.Clusters;
using Commissaire.Domain.Tests.Hosts;
using Commissaire.Domain.Tests.Runs;
using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.Domain.Tests;

/// <summary>The trace of a request is propagated to commands and stored in events.</summary>
public sealed class TracePropagationTests
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private const string Another = "00-11111111111111111111111111111111-b7ad6b7169203331-01";

    [Fact]
    public void A_registration_is_traced_until_the_host_is_bootstrapped()
    {
        var host = new HostState(HostSamples.Host, HostSamples.Settings).After(HostSamples.RegisterAlone with { Trace = Trace })
            .After(HostSamples.InvestigationCompleted(HostSamples.Done(HostSamples.InvestigationOutput()))).After(HostSamples.Plan);
        Assert.Equal((HostStatus.Bootstrapping, Trace), (host.Status, host.Trace));
        host = host.Bootstrap!.Steps.Aggregate(host,
            (state, step) => state.After(HostSamples.BootstrapStepCompleted(step.Name, HostSamples.Done(""))));
        Assert.Equal((HostStatus.Disassociated, null), (host.Status, host.Trace));
    }

    [Fact]
    public void A_failure_ends_the_trace_of_a_registration()
    {
        var host = new HostState(HostSamples.Host, HostSamples.Settings).After(HostSamples.RegisterAlone with { Trace = Trace })
            .After(HostSamples.InvestigationCompleted(HostSamples.Exit(1, "", "")));
        Assert.Equal((HostStatus.Failed, null), (host.Status, host.Trace));
    }

    [Fact]
    public void The_trace_of_a_run_reaches_the_turns_of_hosts_and_survives_a_crash()
    {
        var blue = ResourceName.Parse("blue");
        var cluster = new ClusterState(blue).Evolve(new ClusterEvent.Created(HostSamples.NoManager, RunSamples.Start));
        var started = Assert.Single(cluster.Decide(new ClusterCommand.StartRun(blue, RunSamples.Options(), "ops") { Trace = Trace },
            RunSamples.Start).Events);
        Assert.Equal(Trace, cluster.Evolve(started).Begin()!.Trace);

        var run = new RunScenario().Receive(RunSamples.Begin(RunSamples.Options(), RunSamples.AllUp(2)) with { Trace = Trace });
        run.Crash();
        Assert.Equal(Trace, Assert.Single(run.State.Turns).Trace);

        var host = TurnScenario.Of(HostSamples.Active).Receive(TurnScenario.BeginTurn(TurnScenario.Restart) with { Trace = Trace });
        Assert.Equal((Trace, host.Time), (host.State.Turn!.Trace, host.State.Turn.Began));
    }

    [Fact]
    public void A_retry_is_traced_to_the_request_that_retries()
    {
        var run = new RunScenario().Receive(RunSamples.Begin(RunSamples.Options(), RunSamples.AllUp(1)) with { Trace = Trace },
            RunSamples.Ended(1, RunSamples.FailedAndCordoned), new RunCommand.Retry(RunSamples.Run, "ops") { Trace = Another },
            RunSamples.Begin(RunSamples.Options(), RunSamples.AllUp(1)));
        Assert.Equal(Another, Assert.Single(run.State.Turns).Trace);
        Assert.Equal(Another, run.Replayed().Trace);
    }

    [Fact]
    public void Without_a_traced_request_there_is_no_trace()
    {
        var run = new RunScenario().Receive(RunSamples.Begin(RunSamples.Options(), RunSamples.AllUp(1)));
        Assert.Null(Assert.Single(run.State.Turns).Trace);
        Assert.Null(TurnScenario.Of(HostSamples.Active).Begin(TurnScenario.Restart).State.Turn!.Trace);
    }
}
