using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>How each step of a turn is done, waited for, or given up.</summary>
public sealed class TakingSteps
{
    [Fact]
    public void A_host_that_does_not_answer_is_given_its_time_to()
    {
        var tale = In(TurnSteps.Preflight, Restart);
        foreach (var trouble in new ShellOutcome[]
        {
            new ShellOutcome.Unreachable("no route"), new ShellOutcome.Interrupted("reset"), new ShellOutcome.AuthenticationFailed("publickey"),
            new ShellOutcome.TimedOut(TimeSpan.FromSeconds(15)),
        })
        {
            Assert.Empty(tale.Tell(Recorded(TurnSteps.Preflight, trouble)));
        }

        tale.Wait(60).Hears(new ShellOutcome.Unreachable("no route"));
        Fails(tale, TurnSteps.Preflight, "not done within 60 s; last: cannot connect to 10.2.0.2 port 22: no route", cordoned: false);
        Assert.Equal((HostStatus.Failed, $"restart, step preflight: {tale.End.Reason}"), (tale.State.View().Status, tale.State.View().Reason));
        Assert.Equal([GetReadiness, Check], tale.State.Due());
    }

    [Fact]
    public void An_answer_that_is_no_boot_id_is_none() =>
        Fails(In(TurnSteps.Preflight, Restart).Hears(Done("hello")), TurnSteps.Preflight, "the host answered, but not with a boot id", cordoned: false, "hello");

    [Fact]
    public void Looking_finds_a_host_that_was_rebooted_by_others()
    {
        var tale = In(TurnSteps.Preflight, Restart).Hears(Done(OtherBoot)).To(TurnSteps.Reboot);
        Assert.Equal(OtherBoot, tale.State.Turn!.Boot);
        Assert.Contains(new Rebooted(OtherBoot, Now), tale.Journal);
    }

    [Fact]
    public void It_is_told_to_reboot_out_of_the_boot_it_is_in() =>
        Assert.Contains(new TurnStepStarted(TurnSteps.Reboot, Boot, Now), In(TurnSteps.Reboot, Restart).Journal);

    [Fact]
    public void Whoever_is_told_to_reboot_may_not_live_to_answer() =>
        Assert.Equal(TurnSteps.WaitForReboot, In(TurnSteps.Reboot, Restart).Hears(new ShellOutcome.Interrupted("reset")).State.TurnStep);

    [Fact]
    public void A_host_that_was_not_reached_is_told_again() =>
        Assert.Equal(TurnSteps.Reboot, In(TurnSteps.Reboot, Restart).Hears(new ShellOutcome.Unreachable("refused")).State.TurnStep);

    [Fact]
    public void Still_there_it_has_not_rebooted_yet()
    {
        var tale = In(TurnSteps.WaitForReboot, Restart).Wait(599).Hears(Done(Boot)).Hears(Done("?")).Hears(new ShellOutcome.Unreachable("refused"));
        Assert.Equal(TurnSteps.WaitForReboot, tale.State.TurnStep);
        Fails(tale.Wait(1).Hears(Done(Boot)), TurnSteps.WaitForReboot, "not done within 600 s; last: the host answers, but from the boot it was in before", cordoned: true);
    }

    [Fact]
    public void Never_back_it_fails_and_its_node_stays_cordoned() =>
        Fails(In(TurnSteps.WaitForReboot, Restart).Wait(600).Hears(new ShellOutcome.Unreachable("no route")), TurnSteps.WaitForReboot,
            "not done within 600 s; last: cannot connect to 10.2.0.2 port 22: no route", cordoned: true);

    [Fact]
    public void Back_with_another_key_it_fails_at_once_naming_both()
    {
        var tale = In(TurnSteps.WaitForReboot, Restart).Hears(new ShellOutcome.HostKeyChanged(OtherKey));
        Assert.StartsWith($"the host key changed: trusted is {Key}, offered was {OtherKey}", tale.End.Reason, StringComparison.Ordinal);
        Assert.Equal((TurnOutcome.Failed, TurnSteps.WaitForReboot, true), (tale.End.Outcome, tale.End.Step, tale.End.LeftCordoned));
        Assert.Equal(OtherKey, tale.State.Failure!.Offered);
    }

    [Fact]
    public void A_key_that_is_missing_is_not_waited_for() =>
        Fails(In(TurnSteps.Preflight, Restart).Hears(new ShellOutcome.NoCredentials("no such secret")), TurnSteps.Preflight, "no such secret", cordoned: false);

    [Fact]
    public void A_failed_upgrade_leaves_the_node_cordoned_and_says_what_was_printed()
    {
        var tale = In(TurnSteps.Upgrade, Upgrade).Hears(Exit(1, "downloading", "no mirror"));
        Fails(tale, TurnSteps.Upgrade, "exit status 1: no mirror", cordoned: true, "downloading\nno mirror");
        Assert.Contains("its node was left cordoned", HostState.Describe(tale.Journal[^1]).Summary, StringComparison.Ordinal);
        Assert.Equal("upgrade, step upgrade: exit status 1: no mirror", tale.State.View().Reason);
    }

    [Fact]
    public void An_upgrade_that_was_cut_off_is_begun_again_and_one_that_takes_too_long_is_not()
    {
        var tale = In(TurnSteps.Upgrade, Upgrade).Hears(new ShellOutcome.Interrupted("reset"));
        Assert.Equal(TurnSteps.Upgrade, tale.State.TurnStep);
        Fails(tale.Wait(600).Hears(new ShellOutcome.TimedOut(TimeSpan.FromSeconds(600))), TurnSteps.Upgrade, "not done within 600 s", cordoned: true);
    }

    [Theory]
    [InlineData("error: Transaction in progress: upgrade")]
    [InlineData("E: Could not get lock /var/lib/apt/lists/lock. It is held by process 17 (apt-get)")]
    public void A_busy_package_manager_is_waited_for(string error)
    {
        var tale = In(TurnSteps.Upgrade, Upgrade).Wait(599).Hears(Exit(1, "", error));
        Assert.Equal(TurnSteps.Upgrade, tale.State.TurnStep);
        Fails(tale.Wait(1).Hears(Exit(1, "", error)), TurnSteps.Upgrade, $"exit status 1: {error}", cordoned: true, error);
    }

    [Fact]
    public void A_reboot_that_is_needed_is_made() => Assert.Equal(TurnSteps.Reboot, In(TurnSteps.RebootNeeded, Upgrade).Hears(Done("yes\n")).State.TurnStep);

    [Fact]
    public void A_reboot_that_is_not_needed_is_not_made()
    {
        var tale = In(TurnSteps.RebootNeeded, Upgrade).Hears(Done("no\n"));
        Assert.Contains(new TurnRebootNotNeeded(Now), tale.Journal);
        Assert.Equal(TurnSteps.Uncordon, tale.State.TurnStep);
        Assert.Equal(TurnOutcome.Succeeded, tale.To(null).End.Outcome);
    }

    [Fact]
    public void An_answer_that_is_neither_is_a_failure() =>
        Fails(
            In(TurnSteps.RebootNeeded, Upgrade).Hears(Done("perhaps")), TurnSteps.RebootNeeded, "expected the answer yes or no", cordoned: true,
            "perhaps");

    [Theory]
    [InlineData("""{"deployments":[{"version":"7.3","booted":true}]}""", "7.3")]
    [InlineData("""{"deployments":[{"version":"7.4","booted":false}]}""", "unknown")]
    [InlineData("""{"deployments":[{"booted":true}]}""", "unknown")]
    [InlineData("""{"deployments":[]}""", "unknown")]
    [InlineData("""{"deployments":7}""", "unknown")]
    [InlineData("""{"deployments":["7.4"]}""", "unknown")]
    [InlineData("""{"deployments":[{"version":7.4,"booted":true}]}""", "unknown")]
    [InlineData("[]", "unknown")]
    [InlineData("not JSON", "unknown")]
    [InlineData("", "unknown")]
    public void A_host_that_came_back_with_another_version_failed(string status, string version) =>
        Fails(In(TurnSteps.BootedVersion, Deploy).Hears(Done(status)), TurnSteps.BootedVersion, $"the host booted version '{version}', not '7.4'", cordoned: true);

    [Fact]
    public void A_node_that_does_not_get_ready_fails_by_the_time_of_the_whole_reboot()
    {
        var tale = In(TurnSteps.WaitForReboot, Restart).Wait(590).To(TurnSteps.NodeReady).Reports(false, "is not ready");
        Assert.Equal(TurnSteps.NodeReady, tale.State.TurnStep);
        Fails(tale.Wait(10).Reports(false, "is not ready"), TurnSteps.NodeReady, "not done within 600 s; last: is not ready", cordoned: true);
        Assert.Equal(HostStatus.Failed, tale.State.Status);
    }

    [Fact]
    public void A_node_step_whose_manager_never_answers_ends_too()
    {
        var tale = In(TurnSteps.Drain, Restart).Wait(39);
        Assert.Empty(tale.Tell(new HostCommand.Wake(Host)));
        Assert.Equal(TurnSteps.Uncordon, tale.Wait(1).Then(new HostCommand.Wake(Host)).State.TurnStep);
        Fails(tale.Reports(true), TurnSteps.Drain, "not done within 30 s; last: the container manager did not answer", cordoned: false);
    }

    [Fact]
    public void A_step_of_another_run_or_another_step_is_not_heard_of()
    {
        var tale = In(TurnSteps.Drain, Restart);
        Assert.Empty(tale.Tell(Reported(TurnSteps.Cordon, true)));
        Assert.Empty(tale.Tell(Reported(TurnSteps.Drain, true) with { Run = Run with { Number = 8 } }));
        tale.To(TurnSteps.Reboot);
        Assert.Empty(tale.Tell(Recorded(TurnSteps.Preflight, Done(Boot))));
        Assert.Empty(tale.Tell(RanInTurn(Run with { Number = 8 }, TurnSteps.Reboot, Done(""))));
        Assert.Empty(Of(Active).Tell(Recorded(TurnSteps.Preflight, Done(Boot))));
    }

    internal static void Fails(TurnScenario tale, string step, string reason, bool cordoned, string output = "") =>
        Assert.Equal(new TurnEnd(TurnOutcome.Failed, step, reason, output, cordoned) { Failures = TurnSteps.FailsHost(step) ? tale.State.Failures : null }, tale.End);
}
