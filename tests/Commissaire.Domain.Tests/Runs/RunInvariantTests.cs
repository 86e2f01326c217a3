using System.Collections.Concurrent;
using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunSamples;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>Properties of a run after any messages of hosts, the cluster, operators and timers.</summary>
public sealed class RunInvariantTests
{
    [Fact]
    public void A_run_never_makes_more_members_unavailable_than_allowed() => ForEachMessage((_, received, _, events) =>
    {
        var state = received;
        foreach (var @event in events)
        {
            var (before, unavailableBefore) = (state, state.Unavailable());
            state = state.Evolve(@event);
            if (@event is RunEvent.HostBegan { Stages: false } began && !unavailableBefore.Contains(began.Host.Value))
            {
                Assert.InRange(state.Unavailable().Count, 1, before.Definition!.MaxUnavailable);
            }
        }
    });

    [Fact]
    public void Unavailable_hosts_begin_only_when_no_other_host_has_a_turn() => ForEachMessage((_, received, _, events) =>
    {
        var began = events.OfType<RunEvent.HostBegan>().ToList();
        var before = events.TakeWhile(e => e is not RunEvent.HostBegan).Aggregate(received, (state, e) => state.Evolve(e));
        if (began.Exists(b => before.Unavailable().Contains(b.Host.Value)))
        {
            Assert.Empty(before.Turns);
            Assert.All(began, b => Assert.Contains(b.Host.Value, before.Unavailable()));
            Assert.InRange(began.Count, 1, before.Definition!.MaxUnavailable);
        }
    });

    [Fact]
    public void No_host_begins_after_too_many_failures_or_while_paused_or_cancelled() => ForEachMessage((_, received, _, events) =>
    {
        var state = received;
        foreach (var @event in events)
        {
            if (@event is RunEvent.HostBegan)
            {
                Assert.InRange(Failures(state), 0, state.Definition!.MaxFailures - 1);
                Assert.Null(state.PausedBy ?? state.CancelledBy);
                Assert.NotNull(state.Members);
            }

            state = state.Evolve(@event);
        }
    });

    [Fact]
    public void Every_host_that_may_begin_begins() => ForEachMessage((scenario, _, command, _) =>
    {
        if (command is not RunCommand.ReportTurn { Report.End: null }
            && scenario.State is { Active: true, PausedBy: null, CancelledBy: null, Members: not null } state
            && Failures(state) < state.Definition!.MaxFailures
            && !scenario.HostsIn(RunHostPhase.Staging).Any()
            && !(state.LastReturn + state.Definition.Options.Soak > scenario.Now))
        {
            var unavailable = state.Unavailable();
            var waiting = scenario.HostsIn(RunHostPhase.Waiting).Select(h => h.Value).ToList();
            Assert.True(unavailable.Count >= state.Definition.MaxUnavailable || waiting.TrueForAll(unavailable.Contains),
                "an available host does not begin");
            Assert.True(state.Turns.Any() || !waiting.Exists(unavailable.Contains), "an unavailable host does not begin");
        }
    });

    [Fact]
    public void No_host_begins_before_the_soak_time_passes() => RandomRuns.Sample(run =>
    {
        DateTimeOffset? back = null;
        var state = new RunState(Run);
        foreach (var @event in run.Scenario.Journal)
        {
            back = @event is RunEvent.HostEnded { End.Outcome: not Commissaire.Hosts.TurnOutcome.Skipped } ended
                && state.Hosts[ended.Host.Value].Phase != RunHostPhase.Staging ? @event.At : back;
            if (@event is RunEvent.HostBegan)
            {
                Assert.False(@event.At < back + run.Scenario.State.Definition!.Options.Soak);
            }

            state = state.Evolve(@event);
        }
    });

    [Fact]
    public void No_turn_begins_while_a_host_stages_and_no_host_stages_after_the_first_turn() => RandomRuns.Sample(run =>
    {
        var (state, turns) = (new RunState(Run), false);
        foreach (var @event in run.Scenario.Journal)
        {
            if (@event is RunEvent.HostBegan began)
            {
                Assert.False(began.Stages ? turns : state.Hosts.Values.Any(h => h.Phase == RunHostPhase.Staging));
                turns = turns || !began.Stages;
            }

            state = state.Evolve(@event);
            Assert.InRange(state.Hosts.Values.Count(h => h.Phase == RunHostPhase.Staging), 0, RunState.MaxStaging);
        }
    });

    [Fact]
    public void Hosts_that_follow_one_image_get_one_digest() => RandomRuns.Sample(run =>
    {
        var (state, digests) = (new RunState(Run), new Dictionary<string, string?>(StringComparer.Ordinal));
        foreach (var @event in run.Scenario.Journal)
        {
            state = state.Evolve(@event);
            foreach (var turn in state.Turns.Where(t => t.Digest is not null))
            {
                var follows = state.Hosts[turn.Host.Value].Follows!;
                Assert.Equal(digests.GetValueOrDefault(follows) ?? turn.Digest, turn.Digest);
                digests[follows] = turn.Digest;
            }
        }
    });

    [Fact]
    public void Only_waiting_hosts_begin_and_attempts_are_counted() => RandomRuns.Sample(run =>
    {
        var turns = new Dictionary<string, int>(StringComparer.Ordinal);
        var state = new RunState(Run);
        foreach (var @event in run.Scenario.Journal)
        {
            if (@event is RunEvent.HostBegan began)
            {
                Assert.Equal(RunHostPhase.Waiting, state.Hosts[began.Host.Value].Phase);
                turns[began.Host.Value] = turns.GetValueOrDefault(began.Host.Value) + 1;
            }

            state = state.Evolve(@event);
            Assert.All(state.Turns, t => Assert.Equal(turns[t.Host.Value], t.Attempt));
        }
    });

    [Fact]
    public void A_finished_run_only_changes_by_a_retry() => RandomRuns.Sample(run =>
        Assert.All(run.Scenario.Journal.Zip(run.Scenario.Journal.Skip(1)),
            pair => Assert.True(pair.First is not RunEvent.Finished || pair.Second is RunEvent.Retried)));

    [Fact]
    public void A_repeated_command_changes_nothing() => ForEachMessage((scenario, _, command, _) =>
        Assert.Empty(scenario.State.ApplyMessage(command).Decide(command, scenario.Now).Events));

    [Fact]
    public void Replaying_the_journal_restores_the_run() => RandomRuns.Sample(run =>
    {
        var (original, replayed) = (run.Scenario.State, run.Scenario.Replayed());
        Assert.Equal(original.Definition, replayed.Definition);
        Assert.Equal(original.Hosts, replayed.Hosts);
        Assert.Equal((original.PausedBy, original.CancelledBy, original.Held, original.End, original.LastReturn),
            (replayed.PausedBy, replayed.CancelledBy, replayed.Held, replayed.End, replayed.LastReturn));
        Assert.Equal((original.Active, original.Status, original.NextMoment), (replayed.Active, replayed.Status, replayed.NextMoment));
        Assert.Equal(original.Turns, replayed.Turns);

        // With the members known again, the replayed run decides like the original.
        var cluster = run.BeginWithMembers;
        Assert.Equal<RunEvent>([.. original.ApplyMessage(cluster).Decide(cluster, run.Scenario.Now).Events],
            [.. replayed.ApplyMessage(cluster).Decide(cluster, run.Scenario.Now).Events]);
    });

    [Fact]
    public void A_run_ends_when_every_host_succeeds() => RandomRuns.Sample(run =>
    {
        run.RunToEnd(_ => Succeeded);
        Assert.False(run.Scenario.State.Active);
        Assert.Empty(run.Scenario.State.Turns);
        Assert.Empty(run.Scenario.HostsIn(RunHostPhase.InProcess));
    });

    [Fact]
    public void A_run_ends_when_every_host_fails() => RandomRuns.Sample(run =>
    {
        run.RunToEnd(_ => FailedAndCordoned);
        Assert.False(run.Scenario.State.Active);
    });

    [Fact]
    public void A_run_has_a_view_at_any_time() => ForEachMessage((scenario, _, _, _) =>
    {
        var view = scenario.State.View();
        Assert.NotEmpty(view.Reason);
        Assert.Equal(scenario.State.Hosts.Count, view.Hosts.Length);
        Assert.Equal(view.Status != RunStatus.InProcess, view.FinishedAt is not null);
    });

    [Fact]
    public void A_rejected_command_changes_nothing() =>
        ForEachMessage((scenario, _, _, events) => Assert.True(scenario.Reply is not RunReply.Refused || events.Length == 0));

    // Guards the other properties: histories that miss an event would not test it.
    [Fact]
    public void Random_histories_reach_every_event()
    {
        var seen = new ConcurrentDictionary<Type, bool>();
        RandomRuns.Sample(run => run.Scenario.Journal.ForEach(e => seen.TryAdd(e.GetType(), true)));
        Assert.Empty(typeof(RunEvent).GetNestedTypes().Except(seen.Keys));
    }

    private static int Failures(RunState state) => state.Hosts.Values.Count(h => h.Phase == RunHostPhase.Failed);

    private static void ForEachMessage(Action<RunScenario, RunState, RunCommand, RunEvent[]> check) => RandomRuns.Sample(_ => { }, check);
}
