using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>When the effects of a host are performed, repeated and retried.</summary>
public sealed class HostActivityTests : HostSpec
{
    private static readonly ShellOutcome NoRoute = new ShellOutcome.Unreachable("no route");

    [Fact]
    public void Each_effect_is_performed_once_until_the_next_round()
    {
        var (host, effects) = Resumed(BecomingNode).Work(Now);
        Assert.Equal(host.Outstanding(Now), effects.AsEnumerable());
        Assert.Empty(host.Work(Now).Effects);
        var (_, again) = host.Work(host.NextMoment);
        Assert.Equal([EnsureNode, Report(Blue, WithKube, HostStatus.Disassociated, host.View().Reason), Check], again.AsEnumerable());
    }

    [Fact]
    public void One_command_runs_at_a_time()
    {
        var (host, effects) = Resumed(Installing).Work(Now);
        Assert.Equal([RunBootstrapStep("install-docker")], effects.AsEnumerable());
        Assert.DoesNotContain(host.Work(Now.AddHours(1)).Effects, e => e is HostEffect.RunCommand);
        Assert.Contains(RunBootstrapStep("start-docker"), host.After(DockerInstalled).Work(Now).Effects);
    }

    [Fact]
    public void A_healthy_host_is_checked_at_the_interval_and_a_missed_check_is_repeated_soon()
    {
        var host = Resumed(Ready).After(CheckCompleted(Done(Boot)));
        Assert.InRange(host.NextMoment - Now, Settings.Watch.Interval * 0.9, Settings.Watch.Interval * 1.1);
        host = host.After(CheckCompleted(NoRoute));
        Assert.InRange(host.NextMoment - Now, Settings.Watch.Retry * 0.9, Settings.Watch.Retry * 1.1);
    }

    [Fact]
    public void A_failed_host_is_checked_after_pauses_growing_to_the_interval()
    {
        var (host, last) = (Resumed(Ready), TimeSpan.Zero);
        for (var miss = 1; miss <= 10; miss++)
        {
            host = host.After(CheckCompleted(NoRoute));
            var pause = host.NextMoment - Now;
            Assert.True(pause >= last * 0.8, $"{miss}: {pause}");
            last = pause;
        }

        Assert.InRange(last, Settings.Watch.Interval * 0.9, Settings.Watch.Interval * 1.1);
    }

    [Fact]
    public void A_failure_of_the_server_itself_says_nothing_about_the_host_and_is_repeated_after_a_pause()
    {
        var locked = new ShellOutcome.NotTried("database is locked");
        var ready = Resumed(Ready).Work(Now).State;
        foreach (var _ in Enumerable.Range(0, 3))
        {
            Assert.Empty(ready.ApplyMessage(CheckCompleted(locked), Now).Decide(CheckCompleted(locked), Now).Events);
            ready = ready.After(CheckCompleted(locked));
        }

        Assert.Equal((0, HostStatus.Disassociated), (ready.Activity.MissesInARow, ready.Status));

        Assert.True(ready.Work(ready.NextMoment).State.NextMoment > ready.NextMoment);

        var installing = Resumed(Installing).Work(Now).State.After(
            new CommandCompleted(Host, new HostTask.BootstrapStep("install-docker"), locked));
        Assert.Equal(HostStatus.Bootstrapping, installing.Status);
        Assert.DoesNotContain(installing.Work(Now).Effects, e => e is HostEffect.RunCommand);
        Assert.Equal(Now + Settings.Watch.Retry, installing.NextMoment);
        Assert.Contains(RunBootstrapStep("install-docker"), installing.Work(installing.NextMoment).Effects);
    }

    [Fact]
    public void A_host_that_failed_its_turn_is_checked_soon()
    {
        var scenario = AtStep(TurnSteps.Upgrade, TurnScenario.Upgrade).CommandReturns(Exit(1, "", "no"))
            .Receive(new TurnAcknowledged(Host, Run, 1));
        Assert.Equal(HostStatus.Failed, scenario.State.Status);
        Assert.True(scenario.State.NextMoment - scenario.Time <= Settings.Watch.Retry * 1.1);
    }

    [Fact]
    public void An_unfinished_step_is_retried_after_a_pause()
    {
        var scenario = AtStep(TurnSteps.WaitForReboot, Restart).CommandReturns(NoRoute);
        var (host, effects) = scenario.State.Work(scenario.Time);
        Assert.DoesNotContain(effects, e => e is HostEffect.RunCommand);
        Assert.InRange(host.NextMoment - scenario.Time, TimeSpan.FromMilliseconds(90), TimeSpan.FromMilliseconds(110));
        Assert.Contains(RunTurnStep(Run, TurnSteps.WaitForReboot), host.Work(host.NextMoment).Effects);
    }

    [Fact]
    public void A_node_step_is_requested_again_until_it_is_done()
    {
        var scenario = AtStep(TurnSteps.Drain, Restart);
        var (host, effects) = scenario.State.Work(scenario.Time);
        Assert.Contains(effects, IsDrain);
        Assert.DoesNotContain(host.Work(scenario.Time).Effects, IsDrain);
        Assert.Contains(host.Work(host.NextMoment).Effects, IsDrain);
    }

    [Fact]
    public void A_failing_manager_is_asked_again_after_growing_pauses()
    {
        var host = Resumed(BecomingNode).Work(Now).State.After(CheckCompleted(Done(Boot)))
            .After(new NodeReported(Host, Kube, true, "refused"));
        var first = host.NextMoment - Now;
        Assert.InRange(first, Settings.Watch.Retry * 0.9, Settings.Watch.Retry * 1.1);
        Assert.Contains(EnsureNode, host.Work(host.NextMoment).Effects);
        Assert.True(host.After(new NodeReported(Host, Kube, true, "refused")).NextMoment - Now > first * 1.5);
    }

    [Fact]
    public void After_a_restart_checks_are_spread_over_the_interval()
    {
        var first = Enumerable.Range(1, 100)
            .Select(n => Ready.Aggregate(new HostState(HostAddress.Parse($"10.2.1.{n}"), Settings), (host, e) => host.Evolve(e))
                .Resumed(Now).NextMoment - Now)
            .ToList();
        Assert.All(first, pause => Assert.InRange(pause, TimeSpan.Zero, Settings.Watch.Interval));
        Assert.InRange(first.Count(pause => pause < Settings.Watch.Interval / 2), 30, 70);
    }

    [Fact]
    public void A_command_of_a_deleted_host_is_obsolete_and_its_outcome_is_ignored()
    {
        var (host, _) = Resumed(Installing).Work(Now);
        Assert.False(host.IsObsolete(host.Activity.Running!));
        var deleted = host.After(new Delete(Host));
        Assert.True(deleted.IsObsolete(host.Activity.Running!));
        var again = deleted.After(RegisterAlone);
        Assert.DoesNotContain(again.Work(Now).Effects, e => e is HostEffect.RunCommand);
        Assert.Contains(Investigate, again.CommandCancelled().Work(Now).Effects);
    }

    private static bool IsDrain(HostEffect e) =>
        e is HostEffect.Send { Message: ContainerManagerCommand.TakeNodeStep { Step: TurnSteps.Drain } };

    private static HostState Resumed(params HostEvent[] history) => Given(history).Host.Resumed(Now);
}
