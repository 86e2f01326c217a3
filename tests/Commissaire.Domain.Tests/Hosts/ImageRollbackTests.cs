using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Domain.Tests.Hosts.ImageSamples;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>A host that fails after it booted another image returns to its previous image, if the run says so.</summary>
public sealed class ImageRollbackTests
{
    private static readonly TurnPlan Plan = Upgrade with { Reboot = RebootPolicy.Always, OnFailure = FailurePolicy.Rollback };

    private static HostEvent[] ActiveImage { get; } =
        [.. Active.Select(e => e is Investigated i ? i with { Facts = i.Facts with { Os = "atomic", Images = new(Old, null, null) } } : e)];

    [Fact]
    public void A_node_that_does_not_become_ready_returns_to_the_previous_image_and_takes_pods_again()
    {
        var scenario = Failed(TurnSteps.NodeReady);
        Assert.Equal((TurnSteps.RollbackCheck, HostStatus.Failed), (scenario.State.TurnStep, scenario.State.Status));
        Assert.Null(scenario.State.Turn!.End);

        scenario.CommandReturns(Done(Status(New, rollback: Old)));
        Assert.Contains("bootc rollback", Command(scenario), StringComparison.Ordinal);
        scenario.CommandReturns(Done("Next boot: rollback deployment"));
        Assert.Equal((TurnSteps.Reboot, OtherBoot), (scenario.State.TurnStep, scenario.State.Turn!.Boot));
        scenario.CommandReturns(Done("")).CommandReturns(Done(Boot)).CommandReturns(Done(Status(Old, rollback: New)));
        scenario.SucceedUntil(null);

        Assert.Equal(
            (TurnOutcome.Failed, TurnSteps.NodeReady, false),
            (scenario.End.Outcome, scenario.End.Step, scenario.End.LeftCordoned));
        Assert.EndsWith("; rolled back to quay.io/acme/os:stable (sha256:111111111111)", scenario.End.Reason, StringComparison.Ordinal);
        Assert.Null(scenario.State.Failure);
        Assert.Equal(new HostImages(Old, null, New), scenario.State.Facts!.Images);
        Assert.Equal(
            "rollback-check rollback reboot wait-for-reboot rolled-back node-ready uncordon",
            string.Join(' ', scenario.Journal.OfType<TurnStepFinished>().Select(e => e.Step).TakeLast(7)));
    }

    [Fact]
    public void A_rollback_has_the_time_of_a_turn_of_its_own()
    {
        var scenario = Failed(TurnSteps.WaitForReboot).CommandReturns(Done(Status(New, rollback: Old))).CommandReturns(Done(""))
            .CommandReturns(Done("")).Wait(599).CommandReturns(new ShellOutcome.Unreachable("no route"));
        Assert.Equal(TurnSteps.WaitForReboot, scenario.State.TurnStep);
        Assert.Null(scenario.State.Turn!.End);
    }

    [Fact]
    public void A_host_that_fell_back_by_itself_is_not_rebooted_again()
    {
        var scenario = Failed(TurnSteps.BootedVersion).CommandReturns(Done(Status(Old, rollback: New))).SucceedUntil(null);
        Assert.EndsWith("; rolled back to quay.io/acme/os:stable (sha256:111111111111)", scenario.End.Reason, StringComparison.Ordinal);
        Assert.False(scenario.End.LeftCordoned);
        Assert.Single(scenario.Journal.OfType<TurnStepStarted>(), e => e.Step == TurnSteps.Reboot);
    }

    [Fact]
    public void A_host_that_cannot_be_reached_is_left_alone()
    {
        var scenario = Failed(TurnSteps.WaitForReboot).Wait(60).CommandReturns(new ShellOutcome.Unreachable("no route"));
        Assert.Equal(
            (TurnOutcome.Failed, TurnSteps.WaitForReboot, true),
            (scenario.End.Outcome, scenario.End.Step, scenario.End.LeftCordoned));
        Assert.Contains(
            "; the rollback failed in step rollback-check: not done within 60 s", scenario.End.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_whose_images_are_others_is_left_alone()
    {
        var other = New with { Digest = OldDigest.Replace('1', '3') };
        foreach (var status in (string[])[Status(New, rollback: other), Status(New), Status(other, rollback: Old),
            Status(New, staged: other, rollback: Old), Status(Old, staged: New)])
        {
            var scenario = Failed(TurnSteps.NodeReady).CommandReturns(Done(status));
            Assert.True(scenario.End.LeftCordoned, status);
            Assert.Contains("; the rollback failed in step rollback-check: the host is not as this turn left it", scenario.End.Reason,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_rollback_that_boots_another_image_fails()
    {
        var scenario = Failed(TurnSteps.NodeReady).CommandReturns(Done(Status(New, rollback: Old))).CommandReturns(Done(""))
            .CommandReturns(Done("")).CommandReturns(Done(Boot)).CommandReturns(Done(Status(New, rollback: Old)));
        Assert.Contains("; the rollback failed in step rolled-back: the host booted", scenario.End.Reason, StringComparison.Ordinal);
        Assert.True(scenario.End.LeftCordoned);
    }

    [Fact]
    public void Other_failures_roll_nothing_back()
    {
        AssertEnds(At(TurnSteps.Stage).CommandReturns(Exit(1, "", "error: no")));
        AssertEnds(At(TurnSteps.Drain).NodeReports(true).CommandReturns(new ShellOutcome.NotRoot("sudo: a password is required", Key)));
        AssertEnds(Failed(TurnSteps.NodeReady, Plan with { OnFailure = FailurePolicy.Leave }));

        // A host that boots the same image again has no other to return to.
        AssertEnds(Of(ActiveImage).Begin(Plan).SucceedUntil(TurnSteps.Stage).CommandReturns(Done(Staged(Old, null)))
            .SucceedUntil(TurnSteps.WaitForReboot).Wait(600).CommandReturns(new ShellOutcome.Unreachable("no route")));
    }

    [Fact]
    public void A_retry_after_a_rollback_does_the_whole_turn_again()
    {
        var scenario = Failed(TurnSteps.BootedVersion).CommandReturns(Done(Status(Old, rollback: New))).SucceedUntil(null);
        scenario.Receive(new HostCommand.TurnAcknowledged(Host, Run, 1)).Begin(Plan, attempt: 2).CommandReturns(Done(Boot));
        Assert.Equal(TurnSteps.Stage, scenario.State.TurnStep);
    }

    private static void AssertEnds(TurnScenario scenario) =>
        Assert.DoesNotContain(TurnSteps.RollbackCheck, scenario.SucceedUntil(scenario.State.TurnStep is null ? null : TurnSteps.Uncordon)
            .State.Turn!.Steps);

    private static TurnScenario At(string step)
    {
        var scenario = Of(ActiveImage).Begin(Plan).SucceedUntil(TurnSteps.Stage);
        return step == TurnSteps.Stage ? scenario : scenario.CommandReturns(Done(Staged(Old, New))).SucceedUntil(step);
    }

    private static TurnScenario Failed(string step, TurnPlan? plan = null)
    {
        var scenario = Of(ActiveImage).Begin(plan ?? Plan).SucceedUntil(TurnSteps.Stage).CommandReturns(Done(Staged(Old, New)))
            .SucceedUntil(TurnSteps.WaitForReboot);
        if (step == TurnSteps.WaitForReboot)
        {
            return scenario.Wait(600).CommandReturns(new ShellOutcome.Unreachable("no route"));
        }

        scenario.CommandReturns(Done(OtherBoot));
        return step == TurnSteps.BootedVersion
            ? scenario.CommandReturns(Done(Status(Old, rollback: New)))
            : scenario.CommandReturns(Done(Status(New, rollback: Old))).Wait(600)
                .NodeReports(false, "the node is not ready: KubeletNotReady");
    }

    private static string Command(TurnScenario scenario) =>
        Assert.Single(scenario.State.Outstanding(scenario.Time).OfType<HostEffect.RunCommand>()).Command.ToString();
}
