using System.Collections.Immutable;
using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunSamples;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>Images are staged on all hosts before the first turn, outside the budget, and with one digest.</summary>
public sealed class RunStagingTests
{
    private const string Image = "quay.io/acme/os:stable amd64";
    private const string Branch = "fedora:fedora/42/x86_64/iot";
    private static readonly TurnEnd Staged = Succeeded with { Digest = "sha256:1" };
    private static readonly TurnEnd StagingFailed = new(TurnOutcome.Failed, TurnSteps.Stage, "manifest unknown", "", false);

    [Fact]
    public void One_host_stages_first_then_all_others_and_then_the_turns_begin()
    {
        var scenario = Began(Images(4));
        Assert.Equal(("1", true, (string?)null), Turns(scenario));

        scenario.Receive(Ended(1, Staged));
        Assert.Equal(("2 3 4", true, "sha256:1"), Turns(scenario));
        scenario.Receive(Ended(2, Staged), Ended(3, Staged));
        Assert.Equal(("4", true, "sha256:1"), Turns(scenario));
        Assert.Equal("staging images on 1 hosts", scenario.State.Reason);

        scenario.Receive(Ended(4, Staged));
        Assert.Equal(("1", false, "sha256:1"), Turns(scenario));
        Assert.Equal(2, scenario.State.Turns.Single().Attempt);
        for (var host = 1; host <= 4; host++)
        {
            scenario.Receive(Ended(host, Succeeded, attempt: 2));
        }

        Assert.Equal((RunStatus.Finished, "4 of 4 hosts done"), (scenario.State.Status, scenario.State.Reason));
    }

    [Fact]
    public void A_tag_that_moves_while_hosts_stage_does_not_change_the_digest()
    {
        var scenario = Began(Images(3)).Receive(Ended(1, Staged), Ended(2, Staged with { Digest = "sha256:2" }));
        Assert.Equal(("3", true, "sha256:1"), Turns(scenario));
    }

    [Fact]
    public void Groups_with_different_images_do_not_wait_for_each_other()
    {
        var scenario = Began(
            [Up(1) with { Follows = Image }, Up(2) with { Follows = "quay.io/acme/os:stable arm64" }, Up(3) with { Follows = Branch },
                Up(4) with { Follows = Branch }, Up(5) with { Follows = Image }, Up(6)]);
        Assert.Equal([1, 2, 3], scenario.InTurn());
        scenario.Receive(Ended(1, Staged), Ended(2, Staged with { Digest = "sha256:2" }));
        Assert.Equal([3, 5], scenario.InTurn());
        scenario.Receive(Ended(3, Staged with { Digest = "3" }), Ended(4, Staged with { Digest = "3" }));
        Assert.Equal(("5", true, "sha256:1"), Turns(scenario));
        scenario.Receive(Ended(5, Staged));
        Assert.Equal([1], scenario.InTurn());
    }

    [Fact]
    public void A_full_reference_is_one_image_for_hosts_that_follow_different_ones()
    {
        var scenario = Began(
            [Up(1) with { Follows = Image }, Up(2) with { Follows = "quay.io/acme/other:1 amd64" }],
            plan: Deploy with { Version = "quay.io/acme/new:2" });
        Assert.Equal([1], scenario.InTurn());
        scenario.Receive(Ended(1, Staged));
        Assert.Equal(("2", true, "sha256:1"), Turns(scenario));
    }

    [Fact]
    public void Many_hosts_stage_a_few_at_a_time()
    {
        var scenario = Began(Images(40)).Receive(Ended(1, Staged));
        Assert.Equal(RunState.MaxStaging, scenario.State.Turns.Count());
        scenario.Receive(Ended(scenario.InTurn()[0], Staged));
        Assert.Equal(RunState.MaxStaging, scenario.State.Turns.Count());
    }

    [Fact]
    public void A_staging_that_fails_stops_the_run_before_a_node_is_drained()
    {
        var scenario = Began(Images(3)).Receive(Ended(1, Staged), Ended(2, StagingFailed));
        Assert.Equal(("3", true, "sha256:1"), Turns(scenario));
        scenario.Receive(Ended(3, Staged));
        Assert.Equal((RunStatus.Failed, "1 of 3 hosts failed; 2 never began"), (scenario.State.Status, scenario.State.Reason));

        scenario.Receive(new RunCommand.Retry(Run, "ops"), Begin(Options(plan: Upgrade), Images(3)));
        Assert.Equal(("2", true, "sha256:1"), Turns(scenario));
        scenario.Receive(Ended(2, Staged, attempt: 2));
        Assert.Equal([1], scenario.InTurn());
    }

    [Fact]
    public void Staging_takes_no_budget()
    {
        var scenario = Began([.. Images(3), Down(4) with { Follows = Image }]);
        scenario.Receive(Ended(1, Staged));
        Assert.Equal([2, 3], scenario.InTurn());
        Assert.Equal(["10.2.0.4"], scenario.State.Unavailable());
    }

    [Fact]
    public void An_unavailable_host_stages_in_its_own_turn_with_the_digest_of_the_others()
    {
        var scenario = Began([.. Images(1), Down(2) with { Follows = Image }], maxUnavailable: "2").Receive(Ended(1, Staged));
        Assert.Equal(("1", false, "sha256:1"), Turns(scenario));
        scenario.Receive(Ended(1, Succeeded, attempt: 2));
        Assert.Equal(("2", false, "sha256:1"), Turns(scenario));
    }

    [Fact]
    public void A_restart_and_hosts_with_packages_do_not_stage()
    {
        Assert.Equal(("1", false, (string?)null), Turns(Began(Images(2), plan: Restart)));
        Assert.Equal(("1", false, (string?)null), Turns(Began(AllUp(2))));
    }

    [Fact]
    public void A_run_that_is_cancelled_or_paused_stages_no_further_host()
    {
        var scenario = Began(Images(3)).Receive(new RunCommand.Pause(Run, "ops"), Ended(1, Staged));
        Assert.Empty(scenario.State.Turns);
        Assert.Equal([2, 3], scenario.Receive(new RunCommand.Resume(Run, "ops")).InTurn());
        scenario.Receive(new RunCommand.Cancel(Run, "ops"), Ended(2, Staged), Ended(3, Staged));
        Assert.Equal("cancelled by 'ops'; 3 never began", scenario.State.Reason);
    }

    [Fact]
    public void A_host_that_leaves_while_it_stages_is_not_waited_for()
    {
        var scenario = Began(Images(2)).Receive(new RunCommand.MemberLeft(Run, Host(1)));
        Assert.Equal(("2", true, (string?)null), Turns(scenario));
    }

    private static RunScenario Began(ImmutableArray<MemberHealth> members, string maxUnavailable = "1", TurnPlan? plan = null) =>
        new RunScenario().Receive(Begin(Options(maxUnavailable, plan: plan ?? Upgrade), members));

    private static ImmutableArray<MemberHealth> Images(int count) => [.. AllUp(count).Select(m => m with { Follows = Image })];

    // The hosts that stage or have their turn, whether they stage, and the digest that they get.
    private static (string Hosts, bool Stages, string? Digest) Turns(RunScenario scenario) => (
        string.Join(' ', scenario.InTurn()),
        Assert.Single(scenario.State.Turns.Select(t => t.Stages).Distinct()),
        Assert.Single(scenario.State.Turns.Select(t => t.Digest).Distinct()));
}
