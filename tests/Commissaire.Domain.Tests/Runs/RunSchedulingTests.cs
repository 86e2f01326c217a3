using System.Collections.Immutable;
using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunSamples;
using static Commissaire.Runs.RunCommand;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>Which hosts get a turn, and when none does.</summary>
public sealed class RunSchedulingTests
{
    [Fact]
    public void One_machine_under_two_addresses_has_one_turn()
    {
        var options = Options("100%") with
        {
            SharedMachines = [new SharedMachine([Host(1), Host(2)]), new SharedMachine([Host(4), Host(9)])],
        };
        var scenario = new RunScenario().Receive(Begin(options, [Down(1), Up(2), Up(3), Up(4)]));
        Assert.Equal([2, 3, 4], scenario.InTurn());
        Assert.Equal((RunHostPhase.Skipped, "is the same machine as 10.2.0.2, which has the turn"),
            scenario.State.View().Hosts.Where(h => h.Host == Host(1)).Select(h => (h.Phase, h.Reason)).Single());
        scenario.Receive(Ended(2, Succeeded), Ended(3, Succeeded), Ended(4, Succeeded));
        Assert.Equal("3 of 4 hosts done, 1 skipped", scenario.State.Reason);
    }

    [Fact]
    public void The_limit_of_unavailable_hosts_limits_the_turns() => Assert.Equal([1, 2], Begun("2", "1", AllUp(5)).InTurn());

    [Fact]
    public void A_percentage_refers_to_the_members() => Assert.Equal([1, 2, 3], Begun("34%", "1", AllUp(9)).InTurn());

    [Fact]
    public void Only_the_chosen_members_have_a_turn_and_all_count_for_the_limit()
    {
        var options = Options("50%", "50%") with { Hosts = [Host(2), Host(3), Host(4), Host(9)] };
        var scenario = new RunScenario().Receive(Begin(options, [.. AllUp(4), Down(5), Up(6)]));
        Assert.Equal([2, 3], scenario.InTurn());
        Assert.Equal((3, 1), (scenario.State.Definition!.MaxUnavailable, scenario.State.Definition.MaxFailures));
        scenario.Receive(Ended(2, Succeeded), Ended(3, Succeeded), Ended(4, Succeeded));
        Assert.Equal("3 of 3 hosts done", scenario.State.Reason);
    }

    [Fact]
    public void A_waiting_run_names_the_members_that_it_waits_for()
    {
        var members = Enumerable.Range(1, 7).Select(n => new MemberChanged(Run, Down(n)));
        var scenario = new RunScenario().Receive(Begin(Options() with { Hosts = [Host(8), Host(9)] }, AllUp(9)));
        scenario.Receive([.. members, Ended(8, Succeeded)]);
        var named = string.Join("; ", Enumerable.Range(1, 5).Select(n => $"10.2.0.{n} is failed: reason"));
        Assert.Equal(
            $"waiting: unavailable members: 7, allowed: 1; {named}; …; gives up at 2026-03-01 12:10:00 UTC", scenario.State.Reason);
    }

    [Fact]
    public void The_next_host_begins_when_a_turn_ends() =>
        Assert.Equal([2, 3], Begun("2", "1", AllUp(5)).Receive(Ended(1, Succeeded)).InTurn());

    [Fact]
    public void Unavailable_members_count_whatever_the_cause() =>
        Assert.Equal([2], Begun("2", "1", [Down(1), .. AllUp(5).Skip(1)]).InTurn());

    [Fact]
    public void A_member_that_goes_down_delays_the_next_turn_until_it_is_back()
    {
        var scenario = Begun("1", "1", AllUp(3)).Receive(new MemberChanged(Run, Down(3)), Ended(1, Succeeded));
        Assert.Equal([3], scenario.InTurn());
        scenario = Begun("1", "1", AllUp(3)).Receive(Ended(1, Succeeded), new MemberChanged(Run, Down(1)), Ended(2, Succeeded));
        Assert.Empty(scenario.InTurn());
        Assert.Equal("waiting: unavailable members: 1, allowed: 1; 10.2.0.1 is failed: reason; gives up at 2026-03-01 12:10:00 UTC",
            scenario.State.View().Reason);
        Assert.Equal([3], scenario.Receive(new MemberChanged(Run, Up(1))).InTurn());
    }

    [Fact]
    public void Unavailable_hosts_begin_when_no_available_host_may() =>
        Assert.Equal([2, 4], Begun("2", "1", [Up(1), Down(2), Up(3), Down(4), Down(5)]).InTurn());

    [Fact]
    public void Unavailable_hosts_wait_while_another_host_has_a_turn()
    {
        var scenario = Begun("2", "1", [Up(1), Down(2), Up(3)]);
        Assert.Equal([1], scenario.InTurn());
        Assert.Equal([3], scenario.Receive(Ended(1, Succeeded)).InTurn());
        Assert.Equal([2], scenario.Receive(Ended(3, Succeeded)).InTurn());
    }

    [Fact]
    public void A_node_left_cordoned_is_unavailable_although_its_host_is_healthy()
    {
        var scenario = Begun("1", "2", AllUp(3)).Receive(Ended(1, FailedAndCordoned));
        Assert.Empty(scenario.InTurn());
        Assert.Equal(["10.2.0.1"], scenario.State.Unavailable());
        Assert.Equal(
            "waiting: unavailable members: 1, allowed: 1; 10.2.0.1 is cordoned; gives up at 2026-03-01 12:10:00 UTC",
            scenario.State.View().Reason);
        Assert.Equal([2], Begun("1", "2", AllUp(3)).Receive(Ended(1, FailedUncordoned)).InTurn());
    }

    [Fact]
    public void A_failed_host_is_unavailable_until_the_cluster_reports_its_recovery()
    {
        var scenario = Begun("1", "2", [Up(1) with { Failures = 2 }, Up(2), Up(3)])
            .Receive(Ended(1, FailedUncordoned with { Failures = 3 }));
        Assert.Empty(scenario.InTurn());
        Assert.Equal(
            "waiting: unavailable members: 1, allowed: 1; 10.2.0.1 failed, and has not recovered; gives up at 2026-03-01 12:10:00 UTC",
            scenario.State.View().Reason);
        Assert.Empty(scenario.Receive(new MemberChanged(Run, Up(1) with { Failures = 2 }), new MemberChanged(Run, Up(2))).InTurn());
        Assert.Empty(scenario.Receive(Begin(Options(), [Up(1) with { Failures = 2 }, Up(2), Up(3)]),
            new MemberChanged(Run, Down(1) with { Failures = 3 })).InTurn());
        Assert.Equal([2], scenario.Receive(new MemberChanged(Run, Up(1) with { Failures = 3 })).InTurn());
    }

    [Fact]
    public void A_failed_host_stays_unavailable_after_a_crash_and_a_retry()
    {
        var scenario = Begun("1", "3", [Up(1) with { Failures = 0 }, Up(2), Up(3)])
            .Receive(Ended(1, FailedUncordoned with { Failures = 1 }));
        scenario.Crash();
        Assert.Empty(scenario.Receive(Begin(Options(), [Up(1) with { Failures = 0 }, Up(2), Up(3)])).InTurn());
        Assert.Empty(scenario.Receive(new Retry(Run, "ops")).InTurn());
        Assert.Equal([1], scenario.Receive(Begin(Options(), [Up(1) with { Failures = 0 }, Up(2), Up(3)])).InTurn());
    }

    [Fact]
    public void Without_failure_counts_the_report_of_the_cluster_is_used() =>
        Assert.Equal([2], Begun("1", "2", AllUp(3)).Receive(Ended(1, FailedUncordoned with { Failures = 1 })).InTurn());

    [Fact]
    public void A_host_that_joins_later_gets_no_turn_but_counts_as_unavailable()
    {
        var scenario = Begun("1", "1", AllUp(2)).Receive(new MemberChanged(Run, Down(9)), Ended(1, Succeeded));
        Assert.Empty(scenario.InTurn());
        Assert.Equal([2], scenario.Receive(new MemberChanged(Run, Up(9))).InTurn());
        Assert.Equal("2 of 2 hosts done", scenario.Receive(Ended(2, Succeeded)).State.View().Reason);
    }

    [Fact]
    public void A_host_that_leaves_is_no_longer_waited_for()
    {
        var scenario = Begun("1", "1", AllUp(2)).Receive(new MemberLeft(Run, Host(1)));
        Assert.Equal([2], scenario.InTurn());
        Assert.Empty(scenario.Handle(Ended(1, Succeeded)));
        Assert.Equal("1 of 2 hosts done, 1 left the cluster", scenario.Receive(Ended(2, Succeeded)).State.View().Reason);
    }

    [Fact]
    public void A_host_that_left_with_its_node_cordoned_is_not_counted_as_unavailable() =>
        Assert.Equal([2], Begun("1", "2", AllUp(3)).Receive(Ended(1, FailedAndCordoned), new MemberLeft(Run, Host(1))).InTurn());

    [Fact]
    public void A_retry_gives_no_turn_to_a_host_that_left_after_it_failed()
    {
        var scenario = Begun("1", "2", AllUp(3)).Receive(Ended(1, FailedUncordoned), new MemberLeft(Run, Host(1)), Ended(2, Succeeded));
        Assert.Equal([3], scenario.Receive(new Retry(Run, "ops"), Begin(Options(), [Up(2), Up(3)])).InTurn());
        Assert.Equal("2 of 3 hosts done, 1 left the cluster", scenario.Receive(Ended(3, Succeeded)).State.View().Reason);
    }

    [Fact]
    public void A_host_missing_from_the_next_member_list_has_left() =>
        Assert.Equal([new RunEvent.HostLeft(Host(1), Start), new RunEvent.HostBegan(Host(2), Start)],
            Begun("1", "1", AllUp(2)).Handle(Begin(Options(), [Up(2)])));

    [Fact]
    public void A_run_fails_when_failures_reach_the_limit()
    {
        var scenario = Begun("1", "2", AllUp(4)).Receive(Ended(1, FailedUncordoned));
        Assert.Equal([2], scenario.InTurn());
        Assert.Equal(
            [
                new RunEvent.HostEnded(Host(2), FailedUncordoned, Start),
                new RunEvent.Finished(false, "2 of 4 hosts failed; 2 never began", Start),
            ],
            scenario.Handle(Ended(2, FailedUncordoned)));
    }

    [Fact]
    public void A_run_with_too_many_failures_waits_for_its_current_turns()
    {
        var scenario = Begun("2", "1", AllUp(4)).Receive(Ended(1, FailedAndCordoned));
        Assert.Equal([2], scenario.InTurn());
        Assert.Equal("enough hosts failed; waiting for the hosts in their turn", scenario.State.View().Reason);
        Assert.Equal("1 of 4 hosts failed; 2 never began", scenario.Receive(Ended(2, Succeeded)).State.View().Reason);
    }

    [Fact]
    public void The_next_host_waits_for_the_soak_time()
    {
        var scenario = new RunScenario().Receive(Begin(Options(soak: 30), AllUp(2)), Ended(1, Succeeded));
        Assert.Empty(scenario.InTurn());
        Assert.Equal(Start + TimeSpan.FromSeconds(30), scenario.State.NextMoment);
        Assert.Empty(scenario.Wait(29.9).InTurn());
        Assert.Equal([2], scenario.Wait(0.1).InTurn());
    }

    [Fact]
    public void A_skipped_host_needs_no_soak_time() =>
        Assert.Equal([2], new RunScenario().Receive(Begin(Options(soak: 30), AllUp(2)), Ended(1, Skipped)).InTurn());

    [Fact]
    public void After_a_crash_no_host_begins_before_the_cluster_reports_its_members()
    {
        var scenario = Begun("1", "1", AllUp(2));
        scenario.Crash();
        Assert.Empty(scenario.Receive(Ended(1, Succeeded)).InTurn());
        Assert.Equal("waiting for the health of the members", scenario.State.View().Reason);
        Assert.Equal([2], scenario.Receive(Begin(Options(), AllUp(2))).InTurn());
    }

    [Fact]
    public void The_command_to_begin_a_turn_is_the_same_after_a_crash()
    {
        var scenario = Begun("2", "1", AllUp(3));
        var commands = scenario.State.Turns.ToList();
        scenario.Crash();
        Assert.Equal(commands, scenario.State.Turns);
        Assert.Equal(new Commissaire.Hosts.HostCommand.BeginTurn(Host(1), Run, 1, Restart), commands[0]);
    }

    private static RunScenario Begun(string maxUnavailable, string maxFailures, ImmutableArray<MemberHealth> members) =>
        new RunScenario().Receive(Begin(Options(maxUnavailable, maxFailures), members));
}
