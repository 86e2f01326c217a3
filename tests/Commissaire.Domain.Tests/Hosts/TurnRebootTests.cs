using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Domain.Tests.Hosts.TurnStepTests;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>How a turn tells a host to reboot, and when the host is back.</summary>
public sealed class TurnRebootTests
{
    private const string Inhibited = "Operation inhibited by \"backup\" (PID 7 \"systemd-inhibit\", user root), reason is \"nightly\".";

    public static TheoryData<ShellOutcome> AnyAnswerToReboot =>
    [
        Done(""), Exit(1, "", Inhibited), Exit(255, "", ""), new ShellOutcome.Interrupted("reset"),
        new ShellOutcome.TimedOut(TimeSpan.FromSeconds(15)), new ShellOutcome.Unrecognized(254, "System is going down.", Key),
        new ShellOutcome.TooMuchOutput(1),
    ];

    public static TheoryData<ShellOutcome> NotYet =>
    [
        new ShellOutcome.Unreachable("refused"), new ShellOutcome.Interrupted("reset"), new ShellOutcome.AuthenticationFailed("publickey"),
        new ShellOutcome.TimedOut(TimeSpan.FromSeconds(30)), new ShellOutcome.Unrecognized(0, "Please wait.", Key),
        new ShellOutcome.Unrecognized(254, "System is booting up.", Key), new ShellOutcome.HostKeyChanged(OtherKey),
        new ShellOutcome.NotTried("database"), new ShellOutcome.TooMuchOutput(1), new ShellOutcome.NotRoot("", Key),
        Exit(127, "", "not found"), Done("?"), Done(""), Done(Boot), Look(Boot, "system running"), Look(Boot, "system stopping"),
        Look(OtherBoot, "system starting"), Look(OtherBoot, "system initializing"), Look(OtherBoot, "system maintenance"),
        Look(OtherBoot, "system stopping"),
        Look(OtherBoot, "system starting", "service kubelet active", "service docker activating"),
    ];

    public static TheoryData<ShellOutcome, string> Back => new()
    {
        { Done(OtherBoot), "" },
        { Look(OtherBoot, "uptime 12", "system running"), "" },
        { Look(OtherBoot, "system unknown"), "" },
        { Look(OtherBoot, "system offline"), "" },
        { Look(OtherBoot, "system degraded"), "systemd is degraded" },
        { Look(OtherBoot, "system degraded", "failed a.service", "failed b.mount"), "systemd is degraded; failed: a.service, b.mount" },
        { Look(OtherBoot, "system starting", "service docker active"), "" },
        { Look(OtherBoot, "system starting", "service kubelet active", "service containerd active"), "" },
    };

    [Fact]
    public void A_reboot_step_records_the_current_boot_id() =>
        Assert.Contains(new TurnStepStarted(TurnSteps.Reboot, Boot, Now), AtStep(TurnSteps.Reboot, Restart).Journal);

    [Theory]
    [MemberData(nameof(AnyAnswerToReboot))]
    public void Whatever_the_reboot_command_answers_the_host_is_looked_for(ShellOutcome outcome) =>
        Assert.Equal(TurnSteps.WaitForReboot, AtStep(TurnSteps.Reboot, Restart).CommandReturns(outcome).State.TurnStep);

    [Fact]
    public void A_host_that_cannot_be_told_to_reboot_is_told_until_the_deadline()
    {
        var scenario = AtStep(TurnSteps.Reboot, Restart).Wait(599);
        foreach (var trouble in new ShellOutcome[]
        {
            new ShellOutcome.Unreachable("refused"), new ShellOutcome.AuthenticationFailed("publickey"),
            new ShellOutcome.NotTried("database"),
        })
        {
            Assert.Equal(TurnSteps.Reboot, scenario.CommandReturns(trouble).State.TurnStep);
        }

        AssertFailed(scenario.Wait(1).CommandReturns(new ShellOutcome.Unreachable("refused")), TurnSteps.Reboot,
            "not done within 600 s; last: cannot connect to 10.2.0.2 port 22: refused", cordoned: true);
    }

    [Fact]
    public void A_user_who_cannot_become_root_leaves_the_host_unchanged_and_schedulable()
    {
        var scenario = AtStep(TurnSteps.Reboot, Restart).CommandReturns(new ShellOutcome.NotRoot("sudo: a password is required", Key));
        Assert.Equal(TurnSteps.Uncordon, scenario.State.TurnStep);
        Assert.False(scenario.SucceedUntil(null).End.LeftCordoned);
        Assert.Null(scenario.End.Failures);
    }

    [Theory]
    [MemberData(nameof(NotYet))]
    public void Only_a_finished_new_boot_ends_the_wait_before_the_deadline(ShellOutcome outcome) =>
        Assert.Equal(TurnSteps.WaitForReboot,
            AtStep(TurnSteps.WaitForReboot, Restart).Wait(599.9).CommandReturns(outcome).State.TurnStep);

    [Theory]
    [MemberData(nameof(NotYet))]
    public void At_the_deadline_nothing_but_a_finished_new_boot_is_success(ShellOutcome outcome) =>
        Assert.Equal(TurnOutcome.Failed, AtStep(TurnSteps.WaitForReboot, Restart).Wait(600).CommandReturns(outcome).End.Outcome);

    [Theory]
    [MemberData(nameof(Back))]
    public void A_host_is_back_when_its_boot_has_finished(ShellOutcome outcome, string output)
    {
        var scenario = AtStep(TurnSteps.WaitForReboot, Restart).CommandReturns(outcome);
        Assert.Equal(TurnSteps.NodeReady, scenario.State.TurnStep);
        Assert.Contains(new TurnStepFinished(TurnSteps.WaitForReboot, output, Now), scenario.Journal);
        Assert.Contains(new Rebooted(OtherBoot, Now), scenario.Journal);
    }

    [Fact]
    public void The_reason_at_the_deadline_is_the_old_boot_and_when_it_began() =>
        AssertFailed(
            AtStep(TurnSteps.WaitForReboot, Restart).Wait(600).CommandReturns(Look(Boot, "uptime 4200", "system running")),
            TurnSteps.WaitForReboot, "not done within 600 s; last: the host answers, still in the boot of 11:00 UTC", cordoned: true,
            $"{Boot}\nuptime 4200\nsystem running");

    [Fact]
    public void The_reason_at_the_deadline_is_the_unfinished_boot() =>
        AssertFailed(
            AtStep(TurnSteps.WaitForReboot, Restart).Wait(600)
                .CommandReturns(Look(OtherBoot, "system starting", "service docker activating")),
            TurnSteps.WaitForReboot,
            "not done within 600 s; last: the host rebooted, but its boot has not finished: systemd is 'starting', "
            + "and docker is not active",
            cordoned: true, $"{OtherBoot}\nsystem starting\nservice docker activating");

    [Fact]
    public void A_time_out_at_the_deadline_does_not_hide_what_was_seen_before() =>
        AssertFailed(
            AtStep(TurnSteps.WaitForReboot, Restart).Wait(599).CommandReturns(new ShellOutcome.Unreachable("no route"))
                .Wait(1).CommandReturns(new ShellOutcome.TimedOut(TimeSpan.FromSeconds(1))),
            TurnSteps.WaitForReboot, "not done within 600 s; last: cannot connect to 10.2.0.2 port 22: no route", cordoned: true);

    [Fact]
    public void Another_key_is_a_changed_key_only_at_the_deadline()
    {
        var scenario = AtStep(TurnSteps.WaitForReboot, Restart).CommandReturns(new ShellOutcome.HostKeyChanged(OtherKey));
        Assert.Equal((TurnSteps.WaitForReboot, null), (scenario.State.TurnStep, scenario.State.Failure));

        scenario.Wait(600).CommandReturns(new ShellOutcome.HostKeyChanged(OtherKey));
        Assert.Contains($"the host key changed: trusted is {Key}, offered was {OtherKey}", scenario.End.Reason, StringComparison.Ordinal);
        Assert.Equal(OtherKey, scenario.State.Failure!.Offered);
    }

    [Fact]
    public void A_host_that_stays_in_its_boot_is_told_again_after_a_pause()
    {
        var scenario = AtStep(TurnSteps.Reboot, Restart).CommandReturns(new ShellOutcome.Interrupted("reset"));

        Assert.False(NextLook(scenario.Wait(5)).RebootsAgain);
        scenario.CommandReturns(Look(Boot, "system running"));
        Assert.False(NextLook(scenario.Wait(5)).RebootsAgain);
        scenario.CommandReturns(Look(Boot, "system running"));
        var again = NextLook(scenario.Wait(10));
        Assert.True(again.RebootsAgain);

        scenario.Receive(new HostCommand.CommandCompleted(Host, again, Done("")));
        Assert.Equal(TurnSteps.WaitForReboot, scenario.State.TurnStep);
        Assert.False(NextLook(scenario.Wait(5)).RebootsAgain);
    }

    [Fact]
    public void A_host_that_shuts_down_is_not_told_again()
    {
        var scenario = AtStep(TurnSteps.WaitForReboot, Restart).Wait(20).CommandReturns(Look(Boot, "system stopping"));
        Assert.False(NextLook(scenario.Wait(5)).RebootsAgain);
    }

    [Fact]
    public void A_refused_reboot_names_the_holder_and_leaves_the_node_schedulable()
    {
        var scenario = AtStep(TurnSteps.Reboot, Restart).CommandReturns(Exit(1, "", Inhibited + "\nPlease retry operation."));
        scenario.Wait(10).CommandReturns(Look(Boot, "uptime 4200", "system running"));
        Assert.Contains(Inhibited, scenario.State.Activity.StepProgress, StringComparison.Ordinal);

        scenario.Wait(590).CommandReturns(Look(Boot, "uptime 4200", "system running"));
        Assert.Equal(TurnSteps.Uncordon, scenario.State.TurnStep);
        scenario.SucceedUntil(null);
        Assert.Equal((TurnOutcome.Failed, TurnSteps.WaitForReboot, false, null),
            (scenario.End.Outcome, scenario.End.Step, scenario.End.LeftCordoned, scenario.End.Failures));
        Assert.EndsWith($"it refused to reboot: {Inhibited}", scenario.End.Reason, StringComparison.Ordinal);
        Assert.Equal(HostStatus.Active, scenario.State.Status);
    }

    [Fact]
    public void An_upgraded_host_that_refuses_to_reboot_stays_cordoned()
    {
        var scenario = AtStep(TurnSteps.Reboot, Upgrade).CommandReturns(Exit(1, "", Inhibited));
        scenario.Wait(600).CommandReturns(Look(Boot, "system running"));
        Assert.True(scenario.End.LeftCordoned);
        Assert.NotNull(scenario.End.Failures);
    }

    [Fact]
    public void A_host_that_returned_after_its_turn_failed_is_not_rebooted_by_the_retry()
    {
        var scenario = AtStep(TurnSteps.WaitForReboot, Restart).Wait(600).CommandReturns(new ShellOutcome.Unreachable("no route"));
        scenario.Receive(new HostCommand.TurnAcknowledged(Host, Run, 1)).Begin(Restart, attempt: 2).CommandReturns(Done(OtherBoot));

        Assert.Contains(new TurnAlreadyRebooted(scenario.Time), scenario.Journal);
        Assert.Equal(TurnSteps.WaitForReboot, scenario.State.TurnStep);
        scenario.CommandReturns(Look(OtherBoot, "system running"));
        Assert.Equal(TurnOutcome.Succeeded, scenario.SucceedUntil(null).End.Outcome);
    }

    [Fact]
    public void A_host_that_returned_after_two_failed_turns_is_not_rebooted_by_the_third()
    {
        var scenario = AtStep(TurnSteps.WaitForReboot, Restart).Wait(600).CommandReturns(new ShellOutcome.Unreachable("no route"));
        scenario.Receive(new HostCommand.TurnAcknowledged(Host, Run, 1)).Begin(Restart, attempt: 2)
            .Wait(60).CommandReturns(new ShellOutcome.Unreachable("no route"));
        scenario.Receive(new HostCommand.TurnAcknowledged(Host, Run, 2)).Begin(Restart, attempt: 3).CommandReturns(Done(OtherBoot));
        Assert.Equal(TurnSteps.WaitForReboot, scenario.State.TurnStep);
    }

    [Fact]
    public void A_host_that_is_still_in_its_boot_is_rebooted_by_the_retry()
    {
        var scenario = AtStep(TurnSteps.WaitForReboot, Restart).Wait(600).CommandReturns(new ShellOutcome.Unreachable("no route"));
        scenario.Receive(new HostCommand.TurnAcknowledged(Host, Run, 1)).Begin(Restart, attempt: 2).SucceedUntil(TurnSteps.Reboot);
        Assert.Equal(Boot, scenario.State.Turn!.Boot);
    }

    [Fact]
    public void A_host_that_booted_another_version_is_deployed_again_by_the_retry()
    {
        var scenario = AtStep(TurnSteps.BootedVersion, Deploy).CommandReturns(Done(BootedDeployment("7.3")));
        scenario.Receive(new HostCommand.TurnAcknowledged(Host, Run, 1)).Begin(Deploy, attempt: 2).CommandReturns(Done(OtherBoot));
        scenario.SucceedUntil(TurnSteps.Stage);
    }

    [Fact]
    public void A_host_that_rebooted_during_its_upgrade_must_leave_the_boot_in_which_the_upgrade_ended()
    {
        var scenario = AtStep(TurnSteps.Upgrade, Upgrade).CommandReturns(new ShellOutcome.Completed(0, "", "", Key) { BootId = OtherBoot });
        Assert.Equal(OtherBoot, scenario.SucceedUntil(TurnSteps.Reboot).State.Turn!.Boot);
    }

    private static HostTask.TurnStep NextLook(TurnScenario scenario) => Assert.IsType<HostTask.TurnStep>(
        Assert.Single(scenario.State.Outstanding(scenario.Time).OfType<HostEffect.RunCommand>()).Task);

    private static ShellOutcome.Completed Look(string boot, params string[] lines) => Done(string.Join('\n', [boot, .. lines]) + "\n");
}
