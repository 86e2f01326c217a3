using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>The cordon of a node during a turn, and the commands that end a turn early.</summary>
public sealed class TurnCordonTests
{
    [Fact]
    public void A_drain_that_times_out_uncordons_and_names_the_step()
    {
        var scenario = AtStep(TurnSteps.Drain, Restart).Wait(29).NodeReports(false, "1 left");
        Assert.Equal(TurnSteps.Drain, scenario.State.TurnStep);
        Assert.Equal(TurnSteps.Uncordon, scenario.Wait(1).NodeReports(false, "1 left").State.TurnStep);
        TurnStepTests.AssertFailed(scenario.NodeReports(true), TurnSteps.Drain, "not done within 30 s; last: 1 left", cordoned: false);
        Assert.Equal(HostStatus.Active, scenario.State.Status);
        Assert.DoesNotContain(scenario.Journal, e => e is TurnStepStarted { Step: TurnSteps.Reboot });
    }

    [Fact]
    public void A_forced_drain_gets_extra_time()
    {
        var scenario = AtStep(TurnSteps.Drain, Restart with { OnDrainTimeout = DrainTimeoutPolicy.Force }).Wait(89)
            .NodeReports(false, "1 left");
        Assert.Equal(TurnSteps.Drain, scenario.State.TurnStep);
        Assert.Equal(TurnSteps.Uncordon, scenario.Wait(1).NodeReports(false, "1 left").State.TurnStep);
        TurnStepTests.AssertFailed(scenario.NodeReports(true), TurnSteps.Drain, "not done within 90 s; last: 1 left", cordoned: false);
    }

    [Fact]
    public void A_forced_drain_waits_for_its_grace_period()
    {
        var plan = Restart with { OnDrainTimeout = DrainTimeoutPolicy.Force, ForceGrace = TimeSpan.FromSeconds(300) };
        var scenario = AtStep(TurnSteps.Drain, plan);
        Assert.Equal((false, null), Sent(scenario.Wait(29)));
        Assert.Equal((true, plan.ForceGrace), Sent(scenario.Wait(1)));
        scenario.Wait(329).NodeReports(false, "1 left");
        Assert.Equal(TurnSteps.Drain, scenario.State.TurnStep);
        Assert.Equal(TurnSteps.Uncordon, scenario.Wait(1).NodeReports(false, "1 left").State.TurnStep);
    }

    [Fact]
    public void A_step_that_cannot_succeed_ends_the_turn_at_once()
    {
        var scenario = AtStep(TurnSteps.Drain, Restart);
        scenario.Receive(StepReported(TurnSteps.Drain, false, "x", false) with { Failure = "another client uncordoned the node" });
        Assert.Equal(TurnSteps.Uncordon, scenario.State.TurnStep);
        TurnStepTests.AssertFailed(scenario.NodeReports(true), TurnSteps.Drain, "another client uncordoned the node", cordoned: false);
    }

    [Fact]
    public void A_cordon_without_an_answer_is_undone()
    {
        var scenario = AtStep(TurnSteps.Cordon, Restart).Wait(60).NodeReports(false, "no answer");
        Assert.Equal(TurnSteps.Uncordon, scenario.State.TurnStep);
        TurnStepTests.AssertFailed(scenario.NodeReports(true), TurnSteps.Cordon, "not done within 60 s; last: no answer", cordoned: false);
    }

    [Fact]
    public void A_cordon_that_cannot_be_undone_is_reported() =>
        TurnStepTests.AssertFailed(
            AtStep(TurnSteps.Drain, Restart).Wait(30).NodeReports(false, "1 left").Wait(60).NodeReports(false, "no answer"),
            TurnSteps.Drain, "not done within 30 s; last: 1 left", cordoned: true);

    [Fact]
    public void A_host_whose_node_cannot_be_uncordoned_fails_in_that_step() =>
        TurnStepTests.AssertFailed(AtStep(TurnSteps.Uncordon, Restart).Wait(60).NodeReports(false, "no answer"),
            TurnSteps.Uncordon, "not done within 60 s; last: no answer", cordoned: true);

    [Fact]
    public void A_node_cordoned_by_others_stays_cordoned()
    {
        var scenario = AtStep(TurnSteps.Cordon, Restart).NodeReports(true, "by run 3", byOthers: true);
        Assert.Contains(new TurnFoundCordon(Now), scenario.Journal);
        Assert.Equal("preflight cordon drain reboot wait-for-reboot node-ready", string.Join(' ', scenario.State.Turn!.Steps));
        Assert.Equal(new TurnEnd(TurnOutcome.Succeeded, "", "", "", false), scenario.SucceedUntil(null).End);

        scenario = AtStep(TurnSteps.Cordon, Restart).NodeReports(true, "by run 3", byOthers: true).Wait(30).NodeReports(false, "1 left");
        TurnStepTests.AssertFailed(scenario, TurnSteps.Drain, "not done within 30 s; last: 1 left", cordoned: false);
    }

    [Fact]
    public void A_node_left_cordoned_stays_cordoned_when_the_next_attempt_fails()
    {
        var scenario = SecondAttempt().Wait(60).CommandReturns(new ShellOutcome.Unreachable("no route"));
        TurnStepTests.AssertFailed(scenario, TurnSteps.Preflight,
            "not done within 60 s; last: cannot connect to 10.2.0.2 port 22: no route", cordoned: true);
        scenario = SecondAttempt().SucceedUntil(TurnSteps.Drain).Wait(30).NodeReports(false, "1 left");
        TurnStepTests.AssertFailed(scenario, TurnSteps.Drain, "not done within 30 s; last: 1 left", cordoned: true);
    }

    [Fact]
    public void A_node_left_cordoned_is_uncordoned_when_the_next_attempt_succeeds() =>
        Assert.Equal(new TurnEnd(TurnOutcome.Succeeded, "", "", "", false), SecondAttempt().SucceedUntil(null).End);

    [Fact]
    public void A_host_that_is_not_ready_reports_that_an_earlier_attempt_left_its_node_cordoned()
    {
        var scenario = AtStep(TurnSteps.WaitForReboot, Restart).Wait(600).CommandReturns(new ShellOutcome.HostKeyChanged(OtherKey))
            .Receive(new HostCommand.AcceptHostKey(Host, OtherKey.Fingerprint, "ops")).Begin(Restart, attempt: 2);
        Assert.Equal(
            new TurnEnd(TurnOutcome.Failed, TurnSteps.Preflight, "was never investigated", "", true) { Failures = 1 }, scenario.End);
        Assert.Equal("turn failed in step preflight: was never investigated; its node was left cordoned",
            HostState.Describe(scenario.Journal[^1]).Summary);
    }

    [Fact]
    public void A_node_removed_and_added_again_is_no_longer_cordoned()
    {
        var scenario = AtStep(TurnSteps.Upgrade, Upgrade).CommandReturns(Exit(1, "", "no"))
            .Receive(new HostCommand.TurnAcknowledged(Host, Run, 1))
            .Receive(new HostCommand.ConfirmMembership(Host, Blue, NoManager))
            .Receive(new HostCommand.NodeReported(Host, Kube, false, null))
            .Begin(Upgrade, attempt: 2).Wait(60).CommandReturns(new ShellOutcome.Unreachable("no route"));
        Assert.False(scenario.End.LeftCordoned);
    }

    [Fact]
    public void Accepting_a_host_key_during_a_turn_ends_the_turn()
    {
        var scenario = AtStep(TurnSteps.Drain, Restart).Receive(CheckCompleted(new ShellOutcome.HostKeyChanged(OtherKey)));
        HostEvent[] events = scenario.Handle(new HostCommand.AcceptHostKey(Host, OtherKey.Fingerprint, "ops"));
        Assert.Equal(new TurnEnded(TurnOutcome.Failed, TurnSteps.Drain, "another host key was accepted during the turn", "", true, Now),
            events[0]);
        Assert.Null(scenario.State.TurnStep);
        Assert.Contains(scenario.State.Outstanding(scenario.Time),
            e => e is HostEffect.Send { Message: RunCommand.ReportTurn { Report.End: not null } });
    }

    [Fact]
    public void Leaving_the_cluster_ends_the_turn_and_removes_the_node()
    {
        HostCommand[] commands =
            [new HostCommand.Leave(Host, Blue), new HostCommand.ClusterDeleted(Host, Blue), new HostCommand.Delete(Host)];
        foreach (var command in commands)
        {
            var scenario = AtStep(TurnSteps.Drain, Restart).Receive(command);
            Assert.Null(scenario.State.Turn);
            Assert.Contains(RemoveNode, scenario.State.Outstanding(scenario.Time));
            Assert.DoesNotContain(scenario.State.Outstanding(scenario.Time),
                e => e is HostEffect.RunCommand
                    or HostEffect.Send { Message: RunCommand.ReportTurn or ContainerManagerCommand.TakeNodeStep });
            Assert.Empty(scenario.Handle(StepReported(TurnSteps.Drain, true)));
            Assert.Empty(scenario.Handle(BeginTurn(Restart)));
        }
    }

    [Fact]
    public void The_report_of_another_container_manager_is_ignored()
    {
        var scenario = AtStep(TurnSteps.Drain, Restart);
        Assert.Empty(scenario.Handle(StepReported(TurnSteps.Drain, true) with { Manager = ResourceName.Parse("former") }));
        Assert.NotEmpty(scenario.Handle(StepReported(TurnSteps.Drain, true)));
    }

    private static TurnScenario SecondAttempt() =>
        AtStep(TurnSteps.WaitForReboot, Restart).Wait(600).CommandReturns(new ShellOutcome.Unreachable("no route"))
        .Receive(new HostCommand.TurnAcknowledged(Host, Run, 1)).Begin(Restart, attempt: 2);

    private static (bool Force, TimeSpan? Grace) Sent(TurnScenario scenario)
    {
        var step = scenario.State.Outstanding(scenario.Time).OfType<HostEffect.Send>()
            .Select(effect => effect.Message).OfType<ContainerManagerCommand.TakeNodeStep>().Single();
        return (step.Force, step.ForceGrace);
    }
}
