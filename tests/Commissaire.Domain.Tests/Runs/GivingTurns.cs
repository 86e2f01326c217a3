using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunScenario;
using static Commissaire.Runs.RunCommand;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>Whose turn it is, and when it is nobody's.</summary>
public sealed class GivingTurns
{
    [Fact]
    public void As_many_begin_as_may_be_out() => Assert.Equal([1, 2], Begun("2", "1", AllUp(5)).InTurn());

    [Fact]
    public void A_percentage_is_one_of_the_members() => Assert.Equal([1, 2, 3], Begun("34%", "1", AllUp(9)).InTurn());

    [Fact]
    public void The_next_begins_when_one_is_done() => Assert.Equal([2, 3], Begun("2", "1", AllUp(5)).Then(Ended(1, Well)).InTurn());

    [Fact]
    public void Members_that_are_out_count_whatever_the_cause() =>
        Assert.Equal([2], Begun("2", "1", [Down(1), .. AllUp(5).Skip(1)]).InTurn());

    [Fact]
    public void A_member_that_goes_down_keeps_the_next_one_waiting_until_it_is_back()
    {
        var tale = Begun("1", "1", AllUp(3)).Then(new MemberChanged(Run, Down(3)), Ended(1, Well));
        Assert.Equal([3], tale.InTurn());
        tale = Begun("1", "1", AllUp(3)).Then(Ended(1, Well), new MemberChanged(Run, Down(1)), Ended(2, Well));
        Assert.Empty(tale.InTurn());
        Assert.Equal("waiting: 1 members are unavailable, and at most 1 may be; 10.2.0.1 is failed: so", tale.State.View().Reason);
        Assert.Equal([3], tale.Then(new MemberChanged(Run, Up(1))).InTurn());
    }

    [Fact]
    public void When_none_that_is_up_may_begin_those_that_are_out_do() =>
        Assert.Equal([2, 4], Begun("2", "1", [Up(1), Down(2), Up(3), Down(4), Down(5)]).InTurn());

    [Fact]
    public void Those_that_are_out_wait_while_another_has_its_turn()
    {
        var tale = Begun("2", "1", [Up(1), Down(2), Up(3)]);
        Assert.Equal([1], tale.InTurn());
        Assert.Equal([3], tale.Then(Ended(1, Well)).InTurn());
        Assert.Equal([2], tale.Then(Ended(3, Well)).InTurn());
    }

    [Fact]
    public void A_node_left_cordoned_is_out_although_its_host_is_well()
    {
        var tale = Begun("1", "2", AllUp(3)).Then(Ended(1, Badly));
        Assert.Empty(tale.InTurn());
        Assert.Equal(["10.2.0.1"], tale.State.Unavailable());
        Assert.Equal("waiting: 1 members are unavailable, and at most 1 may be; 10.2.0.1 is cordoned", tale.State.View().Reason);
        Assert.Equal([2], Begun("1", "2", AllUp(3)).Then(Ended(1, Alone)).InTurn());
    }

    [Fact]
    public void A_host_that_failed_is_out_until_the_cluster_knows_that_and_finds_it_well()
    {
        var tale = Begun("1", "2", [Up(1) with { Failures = 2 }, Up(2), Up(3)]).Then(Ended(1, Alone with { Failures = 3 }));
        Assert.Empty(tale.InTurn());
        Assert.Equal("waiting: 1 members are unavailable, and at most 1 may be; 10.2.0.1 failed, and has not recovered", tale.State.View().Reason);
        Assert.Empty(tale.Then(new MemberChanged(Run, Up(1) with { Failures = 2 }), new MemberChanged(Run, Up(2))).InTurn());
        Assert.Empty(tale.Then(Begin(Options(), [Up(1) with { Failures = 2 }, Up(2), Up(3)]), new MemberChanged(Run, Down(1) with { Failures = 3 })).InTurn());
        Assert.Equal([2], tale.Then(new MemberChanged(Run, Up(1) with { Failures = 3 })).InTurn());
    }

    [Fact]
    public void A_host_that_failed_counts_after_a_crash_and_when_its_turn_is_tried_again_too()
    {
        var tale = Begun("1", "3", [Up(1) with { Failures = 0 }, Up(2), Up(3)]).Then(Ended(1, Alone with { Failures = 1 }));
        tale.Crash();
        Assert.Empty(tale.Then(Begin(Options(), [Up(1) with { Failures = 0 }, Up(2), Up(3)])).InTurn());
        Assert.Equal([1], tale.Then(new Retry(Run, "ops")).InTurn());
    }

    [Fact]
    public void Where_nobody_counts_failures_the_cluster_is_believed() =>
        Assert.Equal([2], Begun("1", "2", AllUp(3)).Then(Ended(1, Alone with { Failures = 1 })).InTurn());

    [Fact]
    public void A_host_that_joins_later_has_no_turn_but_counts()
    {
        var tale = Begun("1", "1", AllUp(2)).Then(new MemberChanged(Run, Down(9)), Ended(1, Well));
        Assert.Empty(tale.InTurn());
        Assert.Equal([2], tale.Then(new MemberChanged(Run, Up(9))).InTurn());
        Assert.Equal("2 of 2 hosts done", tale.Then(Ended(2, Well)).State.View().Reason);
    }

    [Fact]
    public void A_host_that_leaves_is_waited_for_no_longer()
    {
        var tale = Begun("1", "1", AllUp(2)).Then(new MemberLeft(Run, Host(1)));
        Assert.Equal([2], tale.InTurn());
        Assert.Empty(tale.Tell(Ended(1, Well)));
        Assert.Equal("1 of 2 hosts done, 1 left the cluster", tale.Then(Ended(2, Well)).State.View().Reason);
    }

    [Fact]
    public void Who_left_while_nobody_was_listening_is_missed_when_the_cluster_tells_again() =>
        Assert.Equal([new RunEvent.HostLeft(Host(1), Start), new RunEvent.HostBegan(Host(2), Start)],
            Begun("1", "1", AllUp(2)).Tell(Begin(Options(), [Up(2)])));

    [Fact]
    public void The_last_failure_that_is_borne_is_one_less_than_the_limit()
    {
        var failure = Badly with { LeftCordoned = false };
        var tale = Begun("1", "2", AllUp(4)).Then(Ended(1, failure));
        Assert.Equal([2], tale.InTurn());
        Assert.Equal([new RunEvent.HostEnded(Host(2), failure, Start), new RunEvent.Finished(false, "2 of 4 hosts failed; 2 never began", Start)], tale.Tell(Ended(2, failure)));
    }

    [Fact]
    public void When_enough_failed_those_that_have_begun_are_waited_for()
    {
        var tale = Begun("2", "1", AllUp(4)).Then(Ended(1, Badly));
        Assert.Equal([2], tale.InTurn());
        Assert.Equal("enough hosts failed; waiting for the hosts in their turn", tale.State.View().Reason);
        Assert.Equal("1 of 4 hosts failed; 2 never began", tale.Then(Ended(2, Well)).State.View().Reason);
    }

    [Fact]
    public void After_a_return_the_next_waits_as_long_as_was_asked()
    {
        var tale = new RunSpec().Then(Begin(Options(soak: 30), AllUp(2)), Ended(1, Well));
        Assert.Empty(tale.InTurn());
        Assert.Equal(Start + TimeSpan.FromSeconds(30), tale.State.NextMoment);
        Assert.Empty(tale.Wait(29.9).InTurn());
        Assert.Equal([2], tale.Wait(0.1).InTurn());
    }

    [Fact]
    public void Nothing_is_to_be_waited_for_after_a_host_that_was_left_as_it_is() =>
        Assert.Equal([2], new RunSpec().Then(Begin(Options(soak: 30), AllUp(2)), Ended(1, Skip)).InTurn());

    [Fact]
    public void After_a_crash_nobody_begins_before_the_cluster_has_told()
    {
        var tale = Begun("1", "1", AllUp(2));
        tale.Crash();
        Assert.Empty(tale.Then(Ended(1, Well)).InTurn());
        Assert.Equal("waiting for the health of the members", tale.State.View().Reason);
        Assert.Equal([2], tale.Then(Begin(Options(), AllUp(2))).InTurn());
    }

    [Fact]
    public void What_a_turn_is_told_is_told_again_after_a_crash()
    {
        var tale = Begun("2", "1", AllUp(3));
        var told = tale.State.Turns.ToList();
        tale.Crash();
        Assert.Equal(told, tale.State.Turns);
        Assert.Equal(new Commissaire.Hosts.HostCommand.BeginTurn(Host(1), Run, 1, Restart), told[0]);
    }

    private static RunSpec Begun(string maxUnavailable, string maxFailures, System.Collections.Immutable.ImmutableArray<MemberHealth> members) =>
        new RunSpec().Then(Begin(Options(maxUnavailable, maxFailures), members));
}
