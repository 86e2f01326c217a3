using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunSamples;
using static Commissaire.Runs.RunCommand;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>How a run begins, pauses, ends and is retried.</summary>
public sealed class RunLifecycleTests
{
    private static readonly TurnEnd Failure = FailedUncordoned;
    private static readonly Pause Pause = new(Run, "ops");
    private static readonly Resume Resume = new(Run, "ops");
    private static readonly Cancel Cancel = new(Run, "ops");
    private static readonly Retry Retry = new(Run, "ops");

    [Fact]
    public void A_run_begins_once()
    {
        var scenario = new RunScenario();
        Assert.Equal(["Begun", "HostBegan"], scenario.Handle(Begin(Options(), AllUp(2))).Select(e => e.GetType().Name));
        Assert.IsType<RunReply.Described>(scenario.Reply);
        Assert.Empty(scenario.Handle(Begin(Options(), AllUp(2))));
    }

    [Fact]
    public void A_run_that_never_began_is_not_found()
    {
        foreach (var command in new RunCommand[] { Pause, Resume, Cancel, Retry })
        {
            Assert.Equal(new RunReply.Refused(RunRefusal.NotFound), new RunScenario().Receive(command).Reply);
        }

        Assert.Empty(new RunScenario().Handle(Ended(1, Succeeded)));
        Assert.Throws<InvalidOperationException>(() => new RunState(Run).View());
    }

    [Fact]
    public void A_run_over_a_cluster_without_hosts_finishes_immediately() =>
        Assert.Equal((RunStatus.Finished, "the cluster has no hosts"), Status(new RunScenario().Receive(Begin(Options(), []))));

    [Fact]
    public void A_run_finishes_when_all_hosts_are_done() =>
        Assert.Equal((RunStatus.Finished, "2 of 2 hosts done"), Status(Begun(2).Receive(Ended(1, Succeeded), Ended(2, Succeeded))));

    [Fact]
    public void Skipped_hosts_are_counted_separately() =>
        Assert.Equal((RunStatus.Finished, "1 of 2 hosts done, 1 skipped"),
            Status(Begun(2).Receive(Ended(1, Skipped), Ended(2, Succeeded))));

    [Fact]
    public void A_run_fails_when_its_last_host_fails() =>
        Assert.Equal((RunStatus.Failed, "1 of 1 hosts failed"),
            Status(new RunScenario().Receive(Begin(Options(maxFailures: "5"), AllUp(1)), Ended(1, Failure))));

    [Fact]
    public void Reports_of_other_turns_are_ignored()
    {
        Assert.Empty(Begun(2).Handle(Ended(1, Succeeded, attempt: 2)));
        Assert.Empty(Begun(2).Handle(Ended(2, Succeeded)));
        Assert.Empty(Begun(2).Handle(Ended(9, Succeeded)));
    }

    [Fact]
    public void The_progress_of_a_host_is_shown_but_not_stored()
    {
        var scenario = Begun(2);
        Assert.Empty(scenario.Handle(new ReportTurn(Run, Host(1), 1, new TurnReport(TurnSteps.Drain, Start, null))));
        Assert.Equal((RunHostPhase.InProcess, TurnSteps.Drain),
            (scenario.State.View().Hosts[0].Phase, scenario.State.View().Hosts[0].Step));
        Assert.Equal("", scenario.Receive(Ended(1, Succeeded)).State.View().Hosts[0].Step);
    }

    [Fact]
    public void The_end_of_the_output_of_a_failed_host_is_kept()
    {
        var scenario = Begun(2).Receive(Ended(1, Failure with { Output = new string('x', 5000) + "end" }));
        var host = scenario.State.View().Hosts[0];
        Assert.Equal((RunHostPhase.Failed, TurnSteps.WaitForReboot, "no route", RunState.OutputKept),
            (host.Phase, host.Step, host.Reason, host.Output.Length));
        Assert.EndsWith("xend", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_paused_run_starts_no_turn_and_finishes_the_current_ones()
    {
        var scenario = Begun(2).Receive(Pause, Ended(1, Succeeded));
        Assert.Empty(scenario.InTurn());
        Assert.Equal((RunStatus.InProcess, "paused by 'ops'"), Status(scenario));
        Assert.Empty(scenario.Handle(Pause));
        Assert.Equal([2], scenario.Receive(Resume).InTurn());
        Assert.Empty(scenario.Handle(Resume));
    }

    [Fact]
    public void A_cancelled_run_ends_when_its_current_turns_end()
    {
        var scenario = Begun(2).Receive(Cancel);
        Assert.Equal((RunStatus.InProcess, "cancelled by 'ops'; waiting for the hosts in their turn"), Status(scenario));
        Assert.Empty(scenario.Handle(Cancel));
        Assert.Empty(scenario.Handle(Pause));
        Assert.Equal((RunStatus.Failed, "cancelled by 'ops'; 1 never began"), Status(scenario.Receive(Ended(1, Succeeded))));
        Assert.Empty(scenario.Handle(Cancel));
    }

    [Fact]
    public void Cancelling_after_the_last_host_began_does_not_fail_the_run() =>
        Assert.Equal((RunStatus.Finished, "1 of 1 hosts done"), Status(Begun(1).Receive(Cancel, Ended(1, Succeeded))));

    [Fact]
    public void Cancelling_ends_a_pause() =>
        Assert.Equal((RunStatus.Failed, "cancelled by 'ops'; 1 never began"), Status(Begun(2).Receive(Pause, Ended(1, Succeeded), Cancel)));

    [Fact]
    public void A_finished_run_cannot_be_paused_resumed_or_cancelled()
    {
        foreach (var command in new RunCommand[] { Pause, Resume, Cancel })
        {
            Assert.Equal(new RunReply.Refused(RunRefusal.Over), Begun(1).Receive(Ended(1, Succeeded), command).Reply);
        }
    }

    [Fact]
    public void A_run_fails_when_members_stay_unavailable_too_long()
    {
        var scenario = Begun(3).Receive(Ended(1, Succeeded), new MemberChanged(Run, Down(1)), Ended(2, Succeeded));
        Assert.Equal(Start + Restart.Timeout, scenario.State.NextMoment);
        Assert.True(scenario.Wait(599).State.Active);
        Assert.Equal(
            (RunStatus.Failed,
                "gave up after waiting: unavailable members: 1, allowed: 1; 10.2.0.1 is failed: reason; 1 never began"),
            Status(scenario.Wait(1)));
    }

    [Fact]
    public void A_run_without_failed_or_waiting_hosts_cannot_be_retried()
    {
        Assert.Equal(new RunReply.Refused(RunRefusal.NothingToRetry), Begun(1).Receive(Retry).Reply);
        Assert.Equal(new RunReply.Refused(RunRefusal.NothingToRetry), Begun(1).Receive(Ended(1, Succeeded), Retry).Reply);
        Assert.Equal(new RunReply.Refused(RunRefusal.NothingToRetry), Begun(1).Receive(Ended(1, Skipped), Retry).Reply);
    }

    [Fact]
    public void A_retry_waits_for_the_members_and_gives_failed_hosts_another_turn()
    {
        var scenario = Begun(2).Receive(Ended(1, FailedAndCordoned), Retry);
        Assert.Equal((RunStatus.InProcess, "waiting for the health of the members"), Status(scenario));
        Assert.Empty(scenario.InTurn());
        scenario.Receive(Begin(Options(), AllUp(2)));
        Assert.Equal([new HostCommand.BeginTurn(Host(1), Run, 2, Restart)], scenario.State.Turns);
        Assert.Equal((RunStatus.Finished, "2 of 2 hosts done"),
            Status(scenario.Receive(Ended(1, Succeeded, attempt: 2), Ended(2, Succeeded))));
    }

    [Fact]
    public void A_cancelled_run_continues_when_retried() =>
        Assert.Equal([2], Begun(2).Receive(Cancel, Ended(1, Succeeded), Retry, Begin(Options(), AllUp(2))).InTurn());

    [Fact]
    public void Failed_hosts_can_be_retried_during_a_run()
    {
        var scenario = new RunScenario().Receive(Begin(Options("2", "3"), AllUp(3)), Ended(1, Failure), Retry);
        Assert.Equal([2, 3], scenario.InTurn());
        Assert.Equal([1, 3], scenario.Receive(Begin(Options("2", "3"), AllUp(3)), Ended(2, Succeeded)).InTurn());
    }

    [Fact]
    public void A_node_left_cordoned_is_unavailable_until_a_second_attempt_succeeds()
    {
        var scenario = Begun(2).Receive(Ended(1, FailedAndCordoned), Retry, Begin(Options(), AllUp(2)));
        Assert.Equal([1], scenario.InTurn());
        Assert.Equal([2], scenario.Receive(Ended(1, Succeeded, attempt: 2)).InTurn());
        Assert.Equal(["10.2.0.2"], scenario.State.Unavailable());
    }

    private static RunScenario Begun(int hosts) => new RunScenario().Receive(Begin(Options(), AllUp(hosts)));

    private static (RunStatus, string) Status(RunScenario scenario) => (scenario.State.View().Status, scenario.State.View().Reason);
}
