using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunScenario;
using static Commissaire.Runs.RunCommand;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>How a run begins, is held up, ends, and goes on again.</summary>
public sealed class GoingOnAndEnding
{
    private static readonly TurnEnd Failure = Badly with { LeftCordoned = false };
    private static readonly Pause Pause = new(Run, "ops");
    private static readonly Resume Resume = new(Run, "ops");
    private static readonly Cancel Cancel = new(Run, "ops");
    private static readonly Retry Retry = new(Run, "ops");

    [Fact]
    public void It_begins_once()
    {
        var tale = new RunSpec();
        Assert.Equal(["Begun", "HostBegan"], tale.Tell(Begin(Options(), AllUp(2))).Select(e => e.GetType().Name));
        Assert.IsType<RunReply.Described>(tale.Reply);
        Assert.Empty(tale.Tell(Begin(Options(), AllUp(2))));
    }

    [Fact]
    public void What_never_began_is_not_found()
    {
        foreach (var command in new RunCommand[] { Pause, Resume, Cancel, Retry })
        {
            Assert.Equal(new RunReply.Refused(RunRefusal.NotFound), new RunSpec().Then(command).Reply);
        }

        Assert.Empty(new RunSpec().Tell(Ended(1, Well)));
        Assert.Throws<InvalidOperationException>(() => new RunState(Run).View());
    }

    [Fact]
    public void A_cluster_without_hosts_is_done_at_once() =>
        Assert.Equal((RunStatus.Finished, "the cluster has no hosts"), Status(new RunSpec().Then(Begin(Options(), []))));

    [Fact]
    public void It_is_over_when_all_are_done() =>
        Assert.Equal((RunStatus.Finished, "2 of 2 hosts done"), Status(Begun(2).Then(Ended(1, Well), Ended(2, Well))));

    [Fact]
    public void Hosts_left_as_they_are_are_counted_apart() =>
        Assert.Equal((RunStatus.Finished, "1 of 2 hosts done, 1 skipped"), Status(Begun(2).Then(Ended(1, Skip), Ended(2, Well))));

    [Fact]
    public void It_has_failed_when_the_last_host_has() =>
        Assert.Equal((RunStatus.Failed, "1 of 1 hosts failed"), Status(new RunSpec().Then(Begin(Options(maxFailures: "5"), AllUp(1)), Ended(1, Failure))));

    [Fact]
    public void Only_the_turn_that_was_given_is_heard_of()
    {
        Assert.Empty(Begun(2).Tell(Ended(1, Well, attempt: 2)));
        Assert.Empty(Begun(2).Tell(Ended(2, Well)));
        Assert.Empty(Begun(2).Tell(Ended(9, Well)));
    }

    [Fact]
    public void How_far_a_host_is_is_known_but_not_written()
    {
        var tale = Begun(2);
        Assert.Empty(tale.Tell(new ReportTurn(Run, Host(1), 1, new TurnReport(TurnSteps.Drain, Start, null))));
        Assert.Equal((RunHostPhase.InProcess, TurnSteps.Drain), (tale.State.View().Hosts[0].Phase, tale.State.View().Hosts[0].Step));
        Assert.Equal("", tale.Then(Ended(1, Well)).State.View().Hosts[0].Step);
    }

    [Fact]
    public void What_a_failed_host_printed_is_kept_to_its_end()
    {
        var tale = Begun(2).Then(Ended(1, Failure with { Output = new string('x', 5000) + "end" }));
        var host = tale.State.View().Hosts[0];
        Assert.Equal((RunHostPhase.Failed, TurnSteps.WaitForReboot, "it is gone", RunState.OutputKept), (host.Phase, host.Step, host.Reason, host.Output.Length));
        Assert.EndsWith("xend", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Paused_it_lets_nobody_begin_and_finishes_what_has_begun()
    {
        var tale = Begun(2).Then(Pause, Ended(1, Well));
        Assert.Empty(tale.InTurn());
        Assert.Equal((RunStatus.InProcess, "paused by 'ops'"), Status(tale));
        Assert.Empty(tale.Tell(Pause));
        Assert.Equal([2], tale.Then(Resume).InTurn());
        Assert.Empty(tale.Tell(Resume));
    }

    [Fact]
    public void Cancelled_it_ends_when_those_that_have_begun_are_done()
    {
        var tale = Begun(2).Then(Cancel);
        Assert.Equal((RunStatus.InProcess, "cancelled by 'ops'; waiting for the hosts in their turn"), Status(tale));
        Assert.Empty(tale.Tell(Cancel));
        Assert.Empty(tale.Tell(Pause));
        Assert.Equal((RunStatus.Failed, "cancelled by 'ops'; 1 never began"), Status(tale.Then(Ended(1, Well))));
        Assert.Empty(tale.Tell(Cancel));
    }

    [Fact]
    public void Cancelled_when_all_have_begun_it_ends_as_it_would_have() =>
        Assert.Equal((RunStatus.Finished, "1 of 1 hosts done"), Status(Begun(1).Then(Cancel, Ended(1, Well))));

    [Fact]
    public void Cancelling_ends_a_pause() =>
        Assert.Equal((RunStatus.Failed, "cancelled by 'ops'; 1 never began"), Status(Begun(2).Then(Pause, Ended(1, Well), Cancel)));

    [Fact]
    public void What_is_over_is_neither_paused_nor_resumed_nor_cancelled()
    {
        foreach (var command in new RunCommand[] { Pause, Resume, Cancel })
        {
            Assert.Equal(new RunReply.Refused(RunRefusal.Over), Begun(1).Then(Ended(1, Well), command).Reply);
        }
    }

    [Fact]
    public void It_does_not_wait_for_ever_for_members_that_stay_out()
    {
        var tale = Begun(3).Then(Ended(1, Well), new MemberChanged(Run, Down(1)), Ended(2, Well));
        Assert.Equal(Start + Restart.Timeout, tale.State.NextMoment);
        Assert.True(tale.Wait(599).State.Active);
        Assert.Equal(
            (RunStatus.Failed, "gave up after waiting: 1 members are unavailable, and at most 1 may be; 10.2.0.1 is failed: so; 1 never began"), Status(tale.Wait(1)));
    }

    [Fact]
    public void Only_what_failed_or_never_began_is_retried()
    {
        Assert.Equal(new RunReply.Refused(RunRefusal.NothingToRetry), Begun(1).Then(Retry).Reply);
        Assert.Equal(new RunReply.Refused(RunRefusal.NothingToRetry), Begun(1).Then(Ended(1, Well), Retry).Reply);
        Assert.Equal(new RunReply.Refused(RunRefusal.NothingToRetry), Begun(1).Then(Ended(1, Skip), Retry).Reply);
    }

    [Fact]
    public void Retried_it_asks_how_the_members_are_and_gives_the_failed_ones_another_turn()
    {
        var tale = Begun(2).Then(Ended(1, Badly), Retry);
        Assert.Equal((RunStatus.InProcess, "waiting for the health of the members"), Status(tale));
        Assert.Empty(tale.InTurn());
        tale.Then(Begin(Options(), AllUp(2)));
        Assert.Equal([new HostCommand.BeginTurn(Host(1), Run, 2, Restart)], tale.State.Turns);
        Assert.Equal((RunStatus.Finished, "2 of 2 hosts done"), Status(tale.Then(Ended(1, Well, attempt: 2), Ended(2, Well))));
    }

    [Fact]
    public void A_cancelled_run_goes_on_when_retried() =>
        Assert.Equal([2], Begun(2).Then(Cancel, Ended(1, Well), Retry, Begin(Options(), AllUp(2))).InTurn());

    [Fact]
    public void Failures_are_retried_while_the_run_goes_on_as_well()
    {
        var tale = new RunSpec().Then(Begin(Options("2", "3"), AllUp(3)), Ended(1, Failure), Retry);
        Assert.Equal([2, 3], tale.InTurn());
        Assert.Equal([1, 3], tale.Then(Ended(2, Well)).InTurn());
    }

    [Fact]
    public void A_node_left_cordoned_by_a_first_turn_is_out_until_a_second_one_ended_well()
    {
        var tale = Begun(2).Then(Ended(1, Badly), Retry, Begin(Options(), AllUp(2)));
        Assert.Equal([1], tale.InTurn());
        Assert.Equal([2], tale.Then(Ended(1, Well, attempt: 2)).InTurn());
        Assert.Equal(["10.2.0.2"], tale.State.Unavailable());
    }

    private static RunSpec Begun(int hosts) => new RunSpec().Then(Begin(Options(), AllUp(hosts)));

    private static (RunStatus, string) Status(RunSpec tale) => (tale.State.View().Status, tale.State.View().Reason);
}
