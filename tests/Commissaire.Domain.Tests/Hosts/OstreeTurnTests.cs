using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Domain.Tests.Hosts.ImageSamples;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Turns of a host with rpm-ostree: as those of a host in image mode, with commits in place of digests.</summary>
public sealed class OstreeTurnTests
{
    private static readonly TurnPlan Always =
        Upgrade with { Reboot = RebootPolicy.Always, OnFailure = FailurePolicy.Rollback };

    private static ImageVersion Newer { get; } = OfOstree("7.4");

    private static string Short(ImageVersion image) => image.Digest[..12];

    [Fact]
    public void An_upgrade_boots_the_staged_commit_and_proves_it()
    {
        var scenario = Of(ActiveAtomic).Begin(Always).SucceedUntil(null);
        Assert.Equal((TurnOutcome.Succeeded, $"runs version 7.4 (commit {Short(Newer)})", Newer.Digest),
            (scenario.End.Outcome, scenario.End.Reason, scenario.End.Digest));
        Assert.Equal(new HostImages(Newer, null, Commit), scenario.State.Facts!.Images);
    }

    [Fact]
    public void A_host_without_a_newer_commit_is_not_rebooted()
    {
        var scenario = Of(ActiveAtomic).Begin(Upgrade).SucceedUntil(TurnSteps.Stage)
            .CommandReturns(Done(StagedDeployment(Commit, null))).CommandReturns(Done(Deployments(Commit, Commit)));
        Assert.Equal((TurnOutcome.Succeeded, $"version 7.3 (commit {Short(Commit)}) is booted already; no reboot is needed"),
            (scenario.End.Outcome, scenario.End.Reason));
    }

    [Theory]
    [InlineData("7.4", true)]
    [InlineData("version=7.4", true)]
    [InlineData("7.5", false)]
    [InlineData("7.3", false)]
    public void A_deployment_stages_the_version_that_was_asked_for(string version, bool staged)
    {
        var scenario = Of(ActiveAtomic).Begin(Deploy with { Version = version }).SucceedUntil(TurnSteps.Stage)
            .CommandReturns(Done(StagedDeployment(Commit, Newer)));
        Assert.Equal(staged ? TurnSteps.Cordon : null, scenario.State.TurnStep);
        if (!staged)
        {
            Assert.Equal($"the next boot would start version 7.4 (commit {Short(Newer)}), not {version}", scenario.End.Reason);
        }
    }

    [Fact]
    public void A_deployment_may_name_a_commit() => Assert.Equal(
        TurnSteps.Cordon, Of(ActiveAtomic).Begin(Deploy with { Version = Newer.Digest }).SucceedUntil(TurnSteps.Stage)
            .CommandReturns(Done(StagedDeployment(Commit, Newer))).State.TurnStep);

    [Fact]
    public void Hosts_with_packages_of_their_own_share_the_commit_below_them()
    {
        var layered = OfOstree("layered") with { Version = "7.4", Base = Newer.Digest };
        var scenario = Of(ActiveAtomic).Receive(BeginTurn(Always) with { Stages = true, Digest = Newer.Digest })
            .SucceedUntil(TurnSteps.Stage).CommandReturns(Done(StagedDeployment(Commit, layered)));
        Assert.Equal((TurnOutcome.Succeeded, Newer.Digest), (scenario.End.Outcome, scenario.End.Digest));

        // What it staged is not staged again.
        scenario.Receive(BeginTurn(Always, attempt: 2) with { Digest = Newer.Digest }).SucceedUntil(TurnSteps.Stage);
        Assert.Equal("rpm-ostree status", Assert.Single(
            scenario.State.Outstanding(scenario.Time).OfType<HostEffect.RunCommand>()).Command.ByHand);
        scenario.CommandReturns(Done(StagedDeployment(Commit, layered))).SucceedUntil(TurnSteps.BootedVersion)
            .CommandReturns(Done(Deployments(layered, layered, Commit)));
        Assert.Equal(TurnSteps.NodeReady, scenario.State.TurnStep);
    }

    [Fact]
    public void A_branch_that_moves_during_the_run_fails_the_host_unchanged()
    {
        var scenario = Of(ActiveAtomic).Receive(BeginTurn(Always) with { Digest = Newer.Digest }).SucceedUntil(TurnSteps.Stage)
            .CommandReturns(Done(StagedDeployment(Commit, OfOstree("7.5"))));
        Assert.Equal((TurnOutcome.Failed, TurnSteps.Stage, false), (scenario.End.Outcome, scenario.End.Step, scenario.End.LeftCordoned));
        Assert.EndsWith("the branch moved since the run began", scenario.End.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_fails_in_its_new_commit_returns_to_the_previous_one()
    {
        var scenario = Of(ActiveAtomic).Begin(Always).SucceedUntil(TurnSteps.NodeReady).Wait(600).NodeReports(false, "is not ready");
        Assert.Equal(TurnSteps.RollbackCheck, scenario.State.TurnStep);
        scenario.CommandReturns(Done(Deployments(Newer, Newer, Commit)));
        Assert.Equal("rpm-ostree rollback", Assert.Single(
            scenario.State.Outstanding(scenario.Time).OfType<HostEffect.RunCommand>()).Command.ByHand);
        scenario.CommandReturns(Done("Moving 'x.0' to be first deployment")).CommandReturns(Done("")).CommandReturns(Done(Boot))
            .CommandReturns(Done(Deployments(Commit, Commit, Newer))).SucceedUntil(null);
        Assert.EndsWith($"; rolled back to version 7.3 (commit {Short(Commit)})", scenario.End.Reason, StringComparison.Ordinal);
        Assert.False(scenario.End.LeftCordoned);
    }
}
