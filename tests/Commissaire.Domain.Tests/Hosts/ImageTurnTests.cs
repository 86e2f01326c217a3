using Commissaire.Clusters;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Domain.Tests.Hosts.ImageSamples;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Turns of a host in image mode: it stages an image, boots it, and proves it by its digest.</summary>
public sealed class ImageTurnTests
{
    private static readonly TurnPlan DeployTag = Deploy with { Version = "42.2" };
    private static readonly TurnPlan UpgradeAlways = Upgrade with { Reboot = RebootPolicy.Always };
    private static readonly ImageVersion Tagged = New with { Image = "quay.io/acme/os:42.2" };

    private static HostEvent[] ActiveImage { get; } =
        [.. Active.Select(e => e is Investigated i ? i with { Facts = i.Facts with { Os = "atomic", Images = new(Old, null, null) } } : e)];

    [Fact]
    public void An_upgrade_boots_the_staged_image_and_proves_its_digest()
    {
        var scenario = Of(ActiveImage).Begin(UpgradeAlways).SucceedUntil(TurnSteps.Stage);
        Assert.Contains("bootc upgrade", Command(scenario), StringComparison.Ordinal);

        scenario.CommandReturns(Done(Staged(Old, New)));
        Assert.Equal((TurnSteps.Cordon, New), (scenario.State.TurnStep, scenario.State.Facts!.Images!.Staged));
        Assert.Equal("bootc status --format json", Command(scenario.SucceedUntil(TurnSteps.BootedVersion)));
        scenario.CommandReturns(Done(Status(New, rollback: Old))).SucceedUntil(null);

        Assert.Equal((TurnOutcome.Succeeded, "runs quay.io/acme/os:stable (sha256:222222222222)"),
            (scenario.End.Outcome, scenario.End.Reason));
        Assert.Equal(new HostImages(New, null, Old), scenario.State.Facts!.Images);
        Assert.Equal(
            "preflight stage cordon drain reboot wait-for-reboot booted-version node-ready uncordon",
            string.Join(' ', scenario.Journal.OfType<TurnStepFinished>().Select(e => e.Step)));
    }

    [Fact]
    public void A_host_without_a_newer_image_is_neither_drained_nor_rebooted()
    {
        var scenario = Of(ActiveImage).Begin(Upgrade).SucceedUntil(TurnSteps.Stage)
            .CommandReturns(Done(Staged(Old, null))).CommandReturns(Done(Status(Old)));
        Assert.Equal((TurnOutcome.Succeeded, "quay.io/acme/os:stable (sha256:111111111111) is booted already; no reboot is needed", false),
            (scenario.End.Outcome, scenario.End.Reason, scenario.End.LeftCordoned));
        Assert.Equal("preflight stage reboot-needed",
            string.Join(' ', scenario.Journal.OfType<TurnStepFinished>().Select(e => e.Step)));
    }

    [Fact]
    public void A_node_that_an_earlier_turn_left_cordoned_is_uncordoned_without_a_reboot()
    {
        var scenario = Of(ActiveImage).Begin(Upgrade).SucceedUntil(TurnSteps.Stage).CommandReturns(Done(Staged(Old, New)))
            .CommandReturns(Done(Status(Old, New))).SucceedUntil(TurnSteps.BootedVersion).CommandReturns(Done(Status(Old)));
        Assert.True(scenario.End.LeftCordoned);
        scenario.Receive(new HostCommand.TurnAcknowledged(Host, Run, 1)).Begin(Upgrade, attempt: 2)
            .CommandReturns(Done(OtherBoot)).CommandReturns(Done(Staged(Old, null))).CommandReturns(Done(Status(Old)));
        Assert.Equal(TurnSteps.Uncordon, scenario.State.TurnStep);
    }

    [Fact]
    public void A_deployment_switches_to_a_tag_of_the_booted_image()
    {
        var scenario = Of(ActiveImage).Begin(DeployTag).SucceedUntil(TurnSteps.Stage);
        Assert.EndsWith("quay.io/acme/os:42.2", Command(scenario), StringComparison.Ordinal);
        scenario.CommandReturns(Done(Staged(Old, Tagged))).SucceedUntil(TurnSteps.BootedVersion)
            .CommandReturns(Done(Status(Tagged))).SucceedUntil(null);
        Assert.Equal(TurnOutcome.Succeeded, scenario.End.Outcome);
    }

    [Fact]
    public void A_host_that_stages_another_image_than_the_deployed_one_fails_unchanged()
    {
        var scenario = Of(ActiveImage).Begin(DeployTag).SucceedUntil(TurnSteps.Stage).CommandReturns(Done(Staged(Old, New)));
        Assert.Equal((TurnOutcome.Failed, TurnSteps.Stage,
            "the next boot would start quay.io/acme/os:stable (sha256:222222222222), not quay.io/acme/os:42.2", false),
            (scenario.End.Outcome, scenario.End.Step, scenario.End.Reason, scenario.End.LeftCordoned));
        Assert.Null(scenario.State.Failure);
        Assert.Equal(New, scenario.State.Facts!.Images!.Staged);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("quay.io/Acme/os:1")]
    [InlineData("sha256:12")]
    public void A_version_that_is_no_image_fails_before_anything_runs(string version)
    {
        var scenario = Of(ActiveImage).Begin(Deploy with { Version = version });
        Assert.Equal((TurnOutcome.Failed,
            $"'{version}' is no image: give a full reference (registry/name:tag), or a tag or digest of the booted image"),
            (scenario.End.Outcome, scenario.End.Reason));
        Assert.DoesNotContain(scenario.Journal, e => e is TurnStepStarted);
    }

    [Fact]
    public void A_failed_staging_leaves_the_host_and_its_node_alone()
    {
        var scenario = Of(ActiveImage).Begin(UpgradeAlways).SucceedUntil(TurnSteps.Stage)
            .CommandReturns(Exit(1, "", "error: Upgrading: manifest unknown"));
        Assert.Equal((TurnOutcome.Failed, TurnSteps.Stage, "exit status 1: error: Upgrading: manifest unknown", false, null),
            (scenario.End.Outcome, scenario.End.Step, scenario.End.Reason, scenario.End.LeftCordoned, scenario.End.Failures));
        Assert.Equal(HostStatus.Active, scenario.State.Status);
        Assert.DoesNotContain(scenario.Journal, e => e is TurnStepStarted { Step: TurnSteps.Cordon });
    }

    [Theory]
    [InlineData("Queued for next boot")]
    [InlineData("\n== images\nnot json")]
    [InlineData("\n== images\n{}")]
    public void Staging_without_a_status_fails(string output) => Assert.Equal(
        "the host did not report its images after staging",
        Of(ActiveImage).Begin(UpgradeAlways).SucceedUntil(TurnSteps.Stage).CommandReturns(Done(output)).End.Reason);

    [Fact]
    public void A_host_that_booted_its_old_image_fails_and_stays_cordoned()
    {
        var scenario = Of(ActiveImage).Begin(UpgradeAlways).SucceedUntil(TurnSteps.Stage).CommandReturns(Done(Staged(Old, New)))
            .SucceedUntil(TurnSteps.BootedVersion).CommandReturns(Done(Status(Old, rollback: New)));
        Assert.Equal((TurnOutcome.Failed, TurnSteps.BootedVersion,
            "the host booted quay.io/acme/os:stable (sha256:111111111111), not quay.io/acme/os:stable (sha256:222222222222)", true),
            (scenario.End.Outcome, scenario.End.Step, scenario.End.Reason, scenario.End.LeftCordoned));
        Assert.Equal(new HostImages(Old, null, New), scenario.State.Facts!.Images);
    }

    [Fact]
    public void A_retry_of_a_host_that_came_back_late_still_proves_the_image()
    {
        var scenario = Of(ActiveImage).Begin(UpgradeAlways).SucceedUntil(TurnSteps.Stage).CommandReturns(Done(Staged(Old, New)))
            .SucceedUntil(TurnSteps.WaitForReboot).Wait(600).CommandReturns(new ShellOutcome.Unreachable("no route"));
        scenario.Receive(new HostCommand.TurnAcknowledged(Host, Run, 1)).Begin(UpgradeAlways, attempt: 2)
            .CommandReturns(Done(OtherBoot)).SucceedUntil(TurnSteps.BootedVersion).CommandReturns(Done(Status(Old)));
        Assert.Equal(TurnOutcome.Failed, scenario.End.Outcome);
        Assert.EndsWith("not quay.io/acme/os:stable (sha256:222222222222)", scenario.End.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_stages_in_advance_reports_its_digest_and_stays_as_it_is()
    {
        var scenario = Of(ActiveImage).Receive(BeginTurn(UpgradeAlways) with { Stages = true })
            .SucceedUntil(TurnSteps.Stage).CommandReturns(Done(Staged(Old, New)));
        Assert.Equal((TurnOutcome.Succeeded, NewDigest, false), (scenario.End.Outcome, scenario.End.Digest, scenario.End.LeftCordoned));
        Assert.Equal("preflight stage", string.Join(' ', scenario.Journal.OfType<TurnStepFinished>().Select(e => e.Step)));

        // Its turn does not stage again: the tag may have moved since.
        scenario.Receive(BeginTurn(UpgradeAlways, attempt: 2) with { Digest = NewDigest }).SucceedUntil(TurnSteps.Stage);
        Assert.DoesNotContain("upgrade", Command(scenario), StringComparison.Ordinal);
        scenario.CommandReturns(Done(Staged(Old, New)));
        Assert.Equal(TurnSteps.Cordon, scenario.State.TurnStep);
    }

    [Fact]
    public void A_host_that_would_boot_another_digest_than_the_others_fails_unchanged()
    {
        var scenario = Of(ActiveImage).Receive(BeginTurn(UpgradeAlways) with { Digest = OldDigest.Replace('1', '3') })
            .SucceedUntil(TurnSteps.Stage);
        Assert.Contains("bootc upgrade", Command(scenario), StringComparison.Ordinal);
        scenario.CommandReturns(Done(Staged(Old, New)));
        Assert.Equal((TurnOutcome.Failed, TurnSteps.Stage, false), (scenario.End.Outcome, scenario.End.Step, scenario.End.LeftCordoned));
        Assert.EndsWith("the tag moved since the run began", scenario.End.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_tells_its_cluster_what_it_follows()
    {
        Assert.Equal("quay.io/acme/os:stable", Follows(ActiveImage));
        Assert.Equal("fedora:fedora/42/x86_64/iot", Follows(ActiveAtomic));
        Assert.Null(Follows(Active));
    }

    [Fact]
    public void The_images_of_a_host_that_rebooted_are_read_again()
    {
        var scenario = Of(ActiveImage).Receive(CheckCompleted(Done(OtherBoot)));
        Assert.Contains(scenario.State.Outstanding(scenario.Time), e => e is HostEffect.RunCommand { Task: HostTask.Investigate });

        scenario.Receive(InvestigationCompleted(new ShellOutcome.Unreachable("no route")));
        Assert.Null(scenario.State.Failure);
        scenario.Receive(InvestigationCompleted(Done(InvestigationOutput(boot: OtherBoot, bootc: Status(New, rollback: Old)))));
        Assert.Equal(new HostImages(New, null, Old), scenario.State.Facts!.Images);
        Assert.DoesNotContain(scenario.State.Outstanding(scenario.Time), e => e is HostEffect.RunCommand);
    }

    [Fact]
    public void An_investigation_that_ends_during_a_turn_changes_nothing()
    {
        var scenario = Of(ActiveImage).Receive(CheckCompleted(Done(OtherBoot))).Begin(UpgradeAlways);
        Assert.Empty(scenario.Handle(InvestigationCompleted(Done(InvestigationOutput()))));
        Assert.Contains("bootc upgrade", Command(scenario.SucceedUntil(TurnSteps.Stage)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_whose_bootc_does_not_answer_stays_in_image_mode()
    {
        var scenario = Of(ActiveImage).Receive(CheckCompleted(Done(OtherBoot)))
            .Receive(InvestigationCompleted(Done(InvestigationOutput(boot: OtherBoot))));
        Assert.Equal(new HostImages(Old, null, null), scenario.State.Facts!.Images);
    }

    private static string? Follows(HostEvent[] history) => Assert.Single(Of(history).State.Outstanding(Now)
        .OfType<HostEffect.Send>().Select(send => send.Message).OfType<ClusterCommand.ReportMember>()).Follows;

    private static string Command(TurnScenario scenario) =>
        Assert.Single(scenario.State.Outstanding(scenario.Time).OfType<HostEffect.RunCommand>()).Command.ToString();
}
