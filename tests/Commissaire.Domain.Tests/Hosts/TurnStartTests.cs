using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Which hosts begin a turn, with which steps, and that a turn begins once.</summary>
public sealed class TurnStartTests
{
    private static readonly TurnEnd Succeeded = new(TurnOutcome.Succeeded, "", "", "", false);

    public static TheoryData<string, TurnPlan, bool, string> Plans => new()
    {
        { "restart, node", Restart, true, "preflight cordon drain reboot wait-for-reboot node-ready uncordon" },
        { "restart, no node", Restart, false, "preflight reboot wait-for-reboot" },
        { "restart, without draining", Restart with { Drain = false }, true, "preflight reboot wait-for-reboot node-ready" },
        { "upgrade, if needed", Upgrade, true, "preflight cordon drain upgrade reboot-needed reboot wait-for-reboot node-ready uncordon" },
        { "upgrade, if needed, no node", Upgrade, false, "preflight upgrade reboot-needed reboot wait-for-reboot" },
        { "upgrade, always", Upgrade with { Reboot = RebootPolicy.Always }, true,
            "preflight cordon drain upgrade reboot wait-for-reboot node-ready uncordon" },
        { "upgrade, never", Upgrade with { Reboot = RebootPolicy.Never }, true, "preflight cordon drain upgrade uncordon" },
        { "upgrade, never, without draining", Upgrade with { Reboot = RebootPolicy.Never, Drain = false }, true, "preflight upgrade" },
    };

    public static TheoryData<string, TurnPlan, bool, string> ImagePlans => new()
    {
        { "restart, node", Restart, true, "preflight cordon drain reboot wait-for-reboot node-ready uncordon" },
        { "upgrade, if needed", Upgrade, true,
            "preflight stage reboot-needed cordon drain reboot wait-for-reboot booted-version node-ready uncordon" },
        { "upgrade, always, no node", Upgrade with { Reboot = RebootPolicy.Always }, false,
            "preflight stage reboot wait-for-reboot booted-version" },
        { "upgrade, never", Upgrade with { Reboot = RebootPolicy.Never }, true, "preflight stage" },
        { "deploy", Deploy, true, "preflight stage cordon drain reboot wait-for-reboot booted-version node-ready uncordon" },
        { "deploy, no node", Deploy, false, "preflight stage reboot wait-for-reboot booted-version" },
        { "deploy, if needed", Deploy with { Reboot = RebootPolicy.IfNeeded }, true,
            "preflight stage reboot-needed cordon drain reboot wait-for-reboot booted-version node-ready uncordon" },
        { "deploy, never", Deploy with { Reboot = RebootPolicy.Never }, true, "preflight stage" },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void A_turn_takes_the_steps_of_its_plan(string description, TurnPlan plan, bool isNode, string steps) =>
        AssertTakes(steps, plan, isNode ? Active : Listed, description);

    [Theory]
    [MemberData(nameof(ImagePlans))]
    public void The_turn_of_an_image_stages_before_it_drains(string description, TurnPlan plan, bool isNode, string steps) =>
        AssertTakes(steps, plan, isNode ? ActiveAtomic : [.. Listed.Select(AsAtomic)], description);

    [Fact]
    public void Steps_use_the_commands_of_the_operating_system()
    {
        var atomic = OsDialect.Of("atomic")!;
        Assert.False(TurnSteps.Command(TurnSteps.Preflight, Restart, atomic, null).AsLoginUser);
        Assert.Equal(RebootLook.Command, TurnSteps.Command(TurnSteps.WaitForReboot, Restart, atomic, Boot));
        Assert.Equal("rpm-ostree upgrade", TurnSteps.Command(TurnSteps.Stage, Upgrade, atomic, null).ByHand);
        Assert.Equal("rpm-ostree deploy 7.4", TurnSteps.Command(TurnSteps.Stage, Deploy, atomic, null).ByHand);
        Assert.Equal(atomic.RebootNeeded, TurnSteps.Command(TurnSteps.RebootNeeded, Upgrade, atomic, null));
        Assert.Equal(Boot, TurnSteps.Command(TurnSteps.Reboot, Restart, atomic, Boot).Words[^1]);
        Assert.Equal(atomic.BootedStatus, TurnSteps.Command(TurnSteps.BootedVersion, Deploy, atomic, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => TurnSteps.Command(TurnSteps.Drain, Restart, atomic, null));
    }

    [Fact]
    public void A_turn_reports_its_start_and_begins_with_preflight()
    {
        var scenario = Of(Active);
        HostEvent[] began =
        [
            new TurnBegan(Run, 1, Restart, TurnSteps.For(Restart, true, OsDialect.Of("fedora")!), Now),
            new TurnStepStarted(TurnSteps.Preflight, null, Now),
        ];
        Assert.Equal(began[1..], scenario.Handle(BeginTurn(Restart))[1..]);
        Assert.Contains(RunTurnStep(Run, TurnSteps.Preflight), scenario.State.Outstanding(scenario.Time));
        Assert.Contains(new HostEffect.Send(new RunCommand.ReportTurn(Run, Host, 1, new TurnReport(TurnSteps.Preflight, Now, null))),
            scenario.State.Outstanding(scenario.Time));
        Assert.Empty(scenario.State.Due());
        Assert.Equal((HostStatus.Active, "restart (run 7), step 1 of 7: preflight", "step cordon"),
            (scenario.State.View().Status, scenario.State.View().Reason, scenario.State.View().Next));
    }

    [Fact]
    public void A_repeated_begin_does_not_restart_the_turn_but_reports_progress()
    {
        var scenario = Of(Active).Begin(Restart).SucceedUntil(TurnSteps.WaitForReboot);
        Assert.Empty(scenario.Handle(BeginTurn(Restart)));
        Assert.Equal(new HostEffect.Send(new RunCommand.ReportTurn(Run, Host, 1, new TurnReport(TurnSteps.WaitForReboot, Now, null))),
            scenario.State.Reaction(BeginTurn(Restart)));
        Assert.Empty(scenario.Handle(BeginTurn(Restart, attempt: 2)));
        scenario.SucceedUntil(null);
        Assert.Empty(scenario.Handle(BeginTurn(Restart)));
        Assert.Equal(new HostEffect.Send(new RunCommand.ReportTurn(Run, Host, 1, new TurnReport("", Now, Succeeded))),
            scenario.State.Reaction(BeginTurn(Restart)));
    }

    [Fact]
    public void An_acknowledged_turn_does_not_begin_again()
    {
        var scenario = Of(Active).Begin(Restart).SucceedUntil(null);
        Assert.Equal([new TurnAcknowledged(Run, 1, Now)], scenario.Handle(new HostCommand.TurnAcknowledged(Host, Run, 1)));
        Assert.Null(scenario.State.Turn);
        Assert.Empty(scenario.Handle(new HostCommand.TurnAcknowledged(Host, Run, 1)));
        Assert.Empty(scenario.Handle(BeginTurn(Restart)));
        Assert.DoesNotContain(scenario.State.Outstanding(scenario.Time),
            e => e is HostEffect.RunCommand or HostEffect.Send { Message: RunCommand.ReportTurn or ContainerManagerCommand.TakeNodeStep });
    }

    [Fact]
    public void Only_the_end_of_the_current_turn_can_be_acknowledged()
    {
        Assert.Empty(Of(Active).Begin(Restart).Handle(new HostCommand.TurnAcknowledged(Host, Run, 1)));
        var scenario = Of(Active).Begin(Restart).SucceedUntil(null);
        Assert.Empty(scenario.Handle(new HostCommand.TurnAcknowledged(Host, Run, 2)));
        Assert.Empty(scenario.Handle(new HostCommand.TurnAcknowledged(Host, Run with { Number = 8 }, 1)));
    }

    [Fact]
    public void A_higher_attempt_begins_another_turn_with_or_without_an_acknowledgement()
    {
        var scenario = Of(Active).Begin(Restart).SucceedUntil(null);
        Assert.Equal(["TurnAcknowledged", "TurnBegan", "TurnStepStarted"],
            scenario.Handle(BeginTurn(Restart, attempt: 2)).Select(e => e.GetType().Name));
        scenario = Of(Active).Begin(Restart).SucceedUntil(null).Receive(new HostCommand.TurnAcknowledged(Host, Run, 1));
        Assert.Equal(["TurnBegan", "TurnStepStarted"], scenario.Handle(BeginTurn(Restart, attempt: 2)).Select(e => e.GetType().Name));
        Assert.Empty(scenario.Handle(BeginTurn(Restart)));
    }

    [Fact]
    public void Another_run_waits_until_the_first_run_acknowledges()
    {
        var next = new HostCommand.BeginTurn(Host, Run with { Number = 8 }, 1, Restart);
        var scenario = Of(Active).Begin(Restart);
        Assert.Empty(scenario.Handle(next));
        Assert.Empty(scenario.SucceedUntil(null).Handle(next));
        Assert.NotEmpty(scenario.Receive(new HostCommand.TurnAcknowledged(Host, Run, 1)).Handle(next));
    }

    [Fact]
    public void A_host_outside_the_cluster_reports_that_it_left_instead_of_beginning_a_turn()
    {
        Assert.Empty(Of(Ready).Handle(BeginTurn(Restart)));
        Assert.Equal(Depart(Blue), Of(Ready).State.Reaction(BeginTurn(Restart)));
        Assert.Empty(Of().Handle(BeginTurn(Restart)));
        Assert.Equal(Depart(Blue), Of().State.Reaction(BeginTurn(Restart)));
    }

    [Fact]
    public void A_turn_that_does_not_apply_is_skipped()
    {
        AssertSkipped("deploy is for hosts whose system is an image (bootc or rpm-ostree); this one runs fedora", Active, Deploy);
    }

    [Fact]
    public void A_host_that_is_not_ready_fails_its_turn()
    {
        AssertFailed("was never investigated", InBlue);
        AssertFailed("is not bootstrapped yet", [.. InBlue, .. Installing[1..]]);

        static void AssertFailed(string reason, HostEvent[] history)
        {
            var scenario = Of(history);
            Assert.Equal(new TurnPreview(TurnOutcome.Failed, TurnSteps.Preflight, reason, []), scenario.State.Preview(Restart));
            Assert.Equal(
                new TurnEnd(TurnOutcome.Failed, TurnSteps.Preflight, reason, "", false) { Failures = 0 }, scenario.Begin(Restart).End);
        }
    }

    [Fact]
    public void A_preview_has_the_steps_and_commands_of_the_turn()
    {
        var preview = Of(Active).State.Preview(Restart);
        Assert.Null(preview.Outcome);
        Assert.Equal(Of(Active).Begin(Restart).State.Turn!.Steps, preview.Steps.Select(s => s.Name));
        Assert.Contains(new PlannedStep(TurnSteps.Reboot, "systemctl reboot"), preview.Steps);
        Assert.Contains(new PlannedStep(TurnSteps.Drain, ""), preview.Steps);
    }

    [Fact]
    public void A_failed_host_begins_its_turn_and_recovers_when_it_answers() =>
        Assert.Equal(
            [new Recovered(Now), new TurnStepFinished(TurnSteps.Preflight, "", Now), new TurnStepStarted(TurnSteps.Cordon, null, Now)],
            Of([.. Active, new Failed("no route", "", null, Earlier)]).Begin(Restart).Handle(SuccessOf(TurnSteps.Preflight)));

    private static void AssertTakes(string steps, TurnPlan plan, HostEvent[] history, string description)
    {
        var scenario = Of(history).Begin(plan);
        Assert.True(steps == string.Join(' ', scenario.State.Turn!.Steps), description);
        Assert.Equal(Succeeded, scenario.SucceedUntil(null).End with { Reason = "", Digest = null });
        Assert.Equal(steps, string.Join(' ', scenario.Journal.OfType<TurnStepFinished>().Select(e => e.Step)));
    }

    private static void AssertSkipped(string reason, HostEvent[] history, TurnPlan plan)
    {
        var scenario = Of(history);
        HostEvent[] events = scenario.Handle(BeginTurn(plan));
        Assert.Equal(new TurnEnded(TurnOutcome.Skipped, "", reason, "", false, Now), events[^1]);
        Assert.Equal(new TurnEnd(TurnOutcome.Skipped, "", reason, "", false), scenario.End);
        Assert.Null(scenario.State.TurnStep);
        Assert.Empty(scenario.Handle(BeginTurn(plan)));
    }

    private static HostEvent AsAtomic(HostEvent e) => e is Investigated i ? i with { Facts = Atomic(i.Facts) } : e;
}
