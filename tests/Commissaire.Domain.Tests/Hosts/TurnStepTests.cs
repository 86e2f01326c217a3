using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>How each step of a turn succeeds, is retried, or fails.</summary>
public sealed class TurnStepTests
{
    [Fact]
    public void Preflight_retries_until_its_deadline()
    {
        var scenario = AtStep(TurnSteps.Preflight, Restart);
        foreach (var trouble in new ShellOutcome[]
        {
            new ShellOutcome.Unreachable("no route"), new ShellOutcome.Interrupted("reset"),
            new ShellOutcome.AuthenticationFailed("publickey"),
            new ShellOutcome.TimedOut(TimeSpan.FromSeconds(15)),
        })
        {
            Assert.Empty(scenario.Handle(StepCompleted(TurnSteps.Preflight, trouble)));
        }

        scenario.Wait(60).CommandReturns(new ShellOutcome.Unreachable("no route"));
        AssertFailed(scenario, TurnSteps.Preflight,
            "not done within 60 s; last: cannot connect to 10.2.0.2 port 22: no route", cordoned: false);
        Assert.Equal((HostStatus.Failed, $"restart, step preflight: {scenario.End.Reason}"),
            (scenario.State.View().Status, scenario.State.View().Reason));
        Assert.Equal([GetReadiness, Check], scenario.State.Due());
    }

    [Fact]
    public void Preflight_fails_on_an_answer_that_is_not_a_boot_id() =>
        AssertFailed(AtStep(TurnSteps.Preflight, Restart).CommandReturns(Done("hello")), TurnSteps.Preflight,
            "the host answered, but not with a boot ID", cordoned: false, "hello");

    [Fact]
    public void Preflight_detects_a_reboot_by_others()
    {
        var scenario = AtStep(TurnSteps.Preflight, Restart).CommandReturns(Done(OtherBoot)).SucceedUntil(TurnSteps.Reboot);
        Assert.Equal(OtherBoot, scenario.State.Turn!.Boot);
        Assert.Contains(new Rebooted(OtherBoot, Now), scenario.Journal);
    }

    [Fact]
    public void A_missing_credential_fails_the_step_immediately() =>
        AssertFailed(AtStep(TurnSteps.Preflight, Restart).CommandReturns(new ShellOutcome.NoCredentials("no such secret")),
            TurnSteps.Preflight, "no such secret", cordoned: false);

    [Fact]
    public void A_failed_upgrade_leaves_the_node_cordoned_and_records_the_output()
    {
        var scenario = AtStep(TurnSteps.Upgrade, Upgrade).CommandReturns(Exit(1, "downloading", "no mirror"));
        AssertFailed(scenario, TurnSteps.Upgrade, "exit status 1: no mirror", cordoned: true, "downloading\nno mirror");
        Assert.Contains("its node was left cordoned", HostState.Describe(scenario.Journal[^1]).Summary, StringComparison.Ordinal);
        Assert.Equal("upgrade, step upgrade: exit status 1: no mirror", scenario.State.View().Reason);
    }

    [Fact]
    public void An_interrupted_upgrade_is_retried_but_a_timed_out_one_fails()
    {
        var scenario = AtStep(TurnSteps.Upgrade, Upgrade).CommandReturns(new ShellOutcome.Interrupted("reset"));
        Assert.Equal(TurnSteps.Upgrade, scenario.State.TurnStep);
        AssertFailed(scenario.Wait(600).CommandReturns(new ShellOutcome.TimedOut(TimeSpan.FromSeconds(600))), TurnSteps.Upgrade,
            "not done within 600 s", cordoned: true);
    }

    [Theory]
    [InlineData("error: Transaction in progress: upgrade")]
    [InlineData("E: Could not get lock /var/lib/apt/lists/lock. It is held by process 17 (apt-get)")]
    public void A_locked_package_manager_is_retried_until_the_deadline(string error)
    {
        var scenario = AtStep(TurnSteps.Upgrade, Upgrade).Wait(599).CommandReturns(Exit(1, "", error));
        Assert.Equal(TurnSteps.Upgrade, scenario.State.TurnStep);
        Assert.Contains("; the package manager is busy: ", scenario.State.View().Reason, StringComparison.Ordinal);
        AssertFailed(scenario.Wait(1).CommandReturns(Exit(1, "", error)), TurnSteps.Upgrade,
            $"exit status 1: {error}", cordoned: true, error);
    }

    [Fact]
    public void A_needed_reboot_is_performed() =>
        Assert.Equal(TurnSteps.Reboot, AtStep(TurnSteps.RebootNeeded, Upgrade).CommandReturns(Done("yes\n")).State.TurnStep);

    [Fact]
    public void An_unneeded_reboot_is_skipped()
    {
        var scenario = AtStep(TurnSteps.RebootNeeded, Upgrade).CommandReturns(Done("no\n"));
        Assert.Contains(new TurnRebootNotNeeded(Now), scenario.Journal);
        Assert.Equal(TurnSteps.Uncordon, scenario.State.TurnStep);
        Assert.Equal((TurnOutcome.Succeeded, "no reboot is needed"), (scenario.SucceedUntil(null).End.Outcome, scenario.End.Reason));
    }

    [Fact]
    public void A_host_that_cannot_tell_is_not_rebooted_and_the_record_says_why()
    {
        var scenario = AtStep(TurnSteps.RebootNeeded, Upgrade).CommandReturns(Done("Traceback\ncannot tell: no plugin\n"));
        Assert.Equal(TurnSteps.Uncordon, scenario.State.TurnStep);
        Assert.Contains(new TurnStepFinished(TurnSteps.RebootNeeded, "Traceback\ncannot tell: no plugin", Now), scenario.Journal);
        const string Why = "not rebooted: the host cannot tell whether it needs a reboot (no plugin)";
        Assert.Contains(scenario.Journal, e => HostState.Describe(e).Summary == Why);
        Assert.Equal((TurnOutcome.Succeeded, Why), (scenario.SucceedUntil(null).End.Outcome, scenario.End.Reason));
    }

    [Fact]
    public void An_upgrade_records_the_number_of_changed_packages()
    {
        var scenario = AtStep(TurnSteps.Upgrade, Upgrade).CommandReturns(
            Done("The following packages have been kept back:\n  docker.io\n"
                + "3 upgraded, 1 newly installed, 0 to remove and 1 not upgraded.\n"));
        Assert.Contains(scenario.Journal,
            e => HostState.Describe(e).Summary == "finished upgrade: 4 packages changed; 1 kept back: docker.io");
        scenario.CommandReturns(Done("no"));
        Assert.Equal("4 packages changed; 1 kept back: docker.io; no reboot is needed", scenario.SucceedUntil(null).End.Reason);
    }

    [Fact]
    public void An_upgrade_that_reached_no_repository_fails_although_it_ended_with_status_0() =>
        AssertFailed(AtStep(TurnSteps.Upgrade, Upgrade).CommandReturns(Done("Ignoring repositories: fedora\nNothing to do.\nComplete!")),
            TurnSteps.Upgrade, "a package repository was skipped because it could not be reached: Ignoring repositories: fedora",
            cordoned: true, "Ignoring repositories: fedora\nNothing to do.\nComplete!");

    [Fact]
    public void An_answer_other_than_yes_or_no_fails_the_step() =>
        AssertFailed(AtStep(TurnSteps.RebootNeeded, Upgrade).CommandReturns(Done("perhaps")), TurnSteps.RebootNeeded,
            "the host did not answer whether a reboot is needed", cordoned: true, "perhaps");

    [Fact]
    public void A_host_that_boots_another_version_fails() =>
        AssertFailed(AtStep(TurnSteps.BootedVersion, Deploy).CommandReturns(Done(BootedDeployment("7.3"))), TurnSteps.BootedVersion,
            $"the host booted version 7.3 (commit {ImageSamples.Commit.Digest[..12]}), not version 7.4 "
            + $"(commit {ImageSamples.OfOstree("7.4").Digest[..12]})", cordoned: true);

    [Theory]
    [InlineData("""{"deployments":[{"version":"7.4","booted":false}]}""")]
    [InlineData("""{"deployments":[{"version":"7.4","booted":true}]}""")]
    [InlineData("""{"deployments":[]}""")]
    [InlineData("""{"deployments":7}""")]
    [InlineData("""{"deployments":["7.4"]}""")]
    [InlineData("[]")]
    [InlineData("not JSON")]
    [InlineData("")]
    public void A_host_that_does_not_report_its_image_fails(string status) =>
        AssertFailed(AtStep(TurnSteps.BootedVersion, Deploy).CommandReturns(Done(status)), TurnSteps.BootedVersion,
            "the host does not report the image that it booted", cordoned: true, output: status);

    [Fact]
    public void A_node_that_is_not_ready_by_the_reboot_deadline_fails()
    {
        var scenario = AtStep(TurnSteps.WaitForReboot, Restart).Wait(590).SucceedUntil(TurnSteps.NodeReady)
            .NodeReports(false, "is not ready");
        Assert.Equal(TurnSteps.NodeReady, scenario.State.TurnStep);
        AssertFailed(scenario.Wait(10).NodeReports(false, "is not ready"), TurnSteps.NodeReady,
            "not done within 600 s; last: is not ready", cordoned: true);
        Assert.Equal(HostStatus.Failed, scenario.State.Status);
    }

    [Fact]
    public void A_node_step_without_an_answer_of_the_manager_times_out()
    {
        var scenario = AtStep(TurnSteps.Drain, Restart).Wait(39);
        Assert.Empty(scenario.Handle(new HostCommand.Wake(Host)));
        Assert.Equal(TurnSteps.Uncordon, scenario.Wait(1).Receive(new HostCommand.Wake(Host)).State.TurnStep);
        AssertFailed(scenario.NodeReports(true), TurnSteps.Drain,
            "not done within 30 s; last: the container manager did not answer", cordoned: false);
    }

    [Fact]
    public void Results_of_other_runs_or_other_steps_are_ignored()
    {
        var scenario = AtStep(TurnSteps.Drain, Restart);
        Assert.Empty(scenario.Handle(StepReported(TurnSteps.Cordon, true)));
        Assert.Empty(scenario.Handle(StepReported(TurnSteps.Drain, true) with { Run = Run with { Number = 8 } }));
        scenario.SucceedUntil(TurnSteps.Reboot);
        Assert.Empty(scenario.Handle(StepCompleted(TurnSteps.Preflight, Done(Boot))));
        Assert.Empty(scenario.Handle(TurnStepCompleted(Run with { Number = 8 }, TurnSteps.Reboot, Done(""))));
        Assert.Empty(Of(Active).Handle(StepCompleted(TurnSteps.Preflight, Done(Boot))));
    }

    internal static void AssertFailed(TurnScenario scenario, string step, string reason, bool cordoned, string output = "") =>
        Assert.Equal(
            new TurnEnd(TurnOutcome.Failed, step, reason, output, cordoned)
            {
                Failures = TurnSteps.FailsHost(step) ? scenario.State.Failures : null,
                Digest = scenario.State.Turn!.Target?.Shared,
            },
            scenario.End);
}
