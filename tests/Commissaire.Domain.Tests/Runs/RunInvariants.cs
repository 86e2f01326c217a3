using System.Collections.Concurrent;
using Commissaire.Runs;
using static Commissaire.Domain.Tests.Runs.RunScenario;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>What is true of every run, whatever its hosts, its cluster, people and the clock do to it.</summary>
public sealed class RunInvariants
{
    [Fact]
    public void No_more_members_are_out_by_our_doing_than_may_be() => Watch((_, heard, _, events) =>
    {
        var state = heard;
        foreach (var happened in events)
        {
            var (before, outBefore) = (state, state.Unavailable());
            state = state.Evolve(happened);
            if (happened is RunEvent.HostBegan began && !outBefore.Contains(began.Host.Value))
            {
                Assert.InRange(state.Unavailable().Count, 1, before.Definition!.MaxUnavailable);
            }
        }
    });

    [Fact]
    public void Hosts_that_are_out_already_begin_only_when_nothing_else_is_in_its_turn() => Watch((_, heard, _, events) =>
    {
        var began = events.OfType<RunEvent.HostBegan>().ToList();
        var before = events.TakeWhile(e => e is not RunEvent.HostBegan).Aggregate(heard, (state, e) => state.Evolve(e));
        if (began.Exists(b => before.Unavailable().Contains(b.Host.Value)))
        {
            Assert.Empty(before.Turns);
            Assert.All(began, b => Assert.Contains(b.Host.Value, before.Unavailable()));
            Assert.InRange(began.Count, 1, before.Definition!.MaxUnavailable);
        }
    });

    [Fact]
    public void Nobody_begins_once_enough_hosts_failed_or_while_told_not_to() => Watch((_, heard, _, events) =>
    {
        var state = heard;
        foreach (var happened in events)
        {
            if (happened is RunEvent.HostBegan)
            {
                Assert.InRange(Failures(state), 0, state.Definition!.MaxFailures - 1);
                Assert.Null(state.PausedBy ?? state.CancelledBy);
                Assert.NotNull(state.Members);
            }

            state = state.Evolve(happened);
        }
    });

    [Fact]
    public void Whoever_may_begin_does() => Watch((tale, _, command, _) =>
    {
        if (command is not RunCommand.ReportTurn { Report.End: null }
            && tale.State is { Active: true, PausedBy: null, CancelledBy: null, Members: not null } state
            && Failures(state) < state.Definition!.MaxFailures
            && !(state.LastReturn + state.Definition.Options.Soak > tale.Now))
        {
            var unavailable = state.Unavailable();
            var waiting = tale.Having(RunHostPhase.Waiting).Select(h => h.Value).ToList();
            Assert.True(unavailable.Count >= state.Definition.MaxUnavailable || waiting.TrueForAll(unavailable.Contains), "a host that is up waits for nothing");
            Assert.True(state.Turns.Any() || !waiting.Exists(unavailable.Contains), "a host that is out waits for nothing");
        }
    });

    [Fact]
    public void None_begins_sooner_after_a_return_than_was_asked() => AnyRun.Sample(life =>
    {
        DateTimeOffset? back = null;
        foreach (var happened in life.Tale.Journal)
        {
            back = happened is RunEvent.HostEnded { End.Outcome: not Commissaire.Hosts.TurnOutcome.Skipped } ? happened.At : back;
            if (happened is RunEvent.HostBegan)
            {
                Assert.False(happened.At < back + life.Tale.State.Definition!.Options.Soak);
            }
        }
    });

    [Fact]
    public void A_host_begins_only_from_waiting_and_its_turns_are_counted() => AnyRun.Sample(life =>
    {
        var turns = new Dictionary<string, int>(StringComparer.Ordinal);
        var state = new RunState(Run);
        foreach (var happened in life.Tale.Journal)
        {
            if (happened is RunEvent.HostBegan began)
            {
                Assert.Equal(RunHostPhase.Waiting, state.Hosts[began.Host.Value].Phase);
                turns[began.Host.Value] = turns.GetValueOrDefault(began.Host.Value) + 1;
            }

            state = state.Evolve(happened);
            Assert.All(state.Turns, t => Assert.Equal(turns[t.Host.Value], t.Attempt));
        }
    });

    [Fact]
    public void Nothing_happens_to_a_run_that_is_over_unless_it_is_retried() => AnyRun.Sample(life =>
        Assert.All(life.Tale.Journal.Zip(life.Tale.Journal.Skip(1)), pair => Assert.True(pair.First is not RunEvent.Finished || pair.Second is RunEvent.Retried)));

    [Fact]
    public void What_it_is_told_twice_it_is_told_once() => Watch((tale, _, command, _) =>
        Assert.Empty(tale.State.ApplyMessage(command).Decide(command, tale.Now).Events));

    [Fact]
    public void A_journal_makes_the_run_again() => AnyRun.Sample(life =>
    {
        var (lived, rebuilt) = (life.Tale.State, life.Tale.Rebuilt());
        Assert.Equal(lived.Definition, rebuilt.Definition);
        Assert.Equal(lived.Hosts, rebuilt.Hosts);
        Assert.Equal((lived.PausedBy, lived.CancelledBy, lived.Held, lived.End, lived.LastReturn), (rebuilt.PausedBy, rebuilt.CancelledBy, rebuilt.Held, rebuilt.End, rebuilt.LastReturn));
        Assert.Equal((lived.Active, lived.Status, lived.NextMoment), (rebuilt.Active, rebuilt.Status, rebuilt.NextMoment));
        Assert.Equal(lived.Turns, rebuilt.Turns);

        // Told how the members are, it goes on as if nothing had been.
        var cluster = life.Cluster;
        Assert.Equal<RunEvent>([.. lived.ApplyMessage(cluster).Decide(cluster, life.Tale.Now).Events], [.. rebuilt.ApplyMessage(cluster).Decide(cluster, life.Tale.Now).Events]);
    });

    [Fact]
    public void It_ends_when_hosts_answer_and_time_passes() => AnyRun.Sample(life =>
    {
        life.Settle(_ => Well);
        Assert.False(life.Tale.State.Active);
        Assert.Empty(life.Tale.State.Turns);
        Assert.Empty(life.Tale.Having(RunHostPhase.InProcess));
    });

    [Fact]
    public void It_ends_when_every_host_fails() => AnyRun.Sample(life =>
    {
        life.Settle(_ => Badly);
        Assert.False(life.Tale.State.Active);
    });

    [Fact]
    public void It_says_how_it_is_at_any_time() => Watch((tale, _, _, _) =>
    {
        var view = tale.State.View();
        Assert.NotEmpty(view.Reason);
        Assert.Equal(tale.State.Hosts.Count, view.Hosts.Length);
        Assert.Equal(view.Status != RunStatus.InProcess, view.FinishedAt is not null);
    });

    [Fact]
    public void A_refusal_changes_nothing() => Watch((tale, _, _, events) => Assert.True(tale.Reply is not RunReply.Refused || events.Length == 0));

    // Guards the properties themselves: histories that never get anywhere would prove nothing.
    [Fact]
    public void Histories_reach_every_event()
    {
        var seen = new ConcurrentDictionary<Type, bool>();
        AnyRun.Sample(life => life.Tale.Journal.ForEach(e => seen.TryAdd(e.GetType(), true)));
        Assert.Empty(typeof(RunEvent).GetNestedTypes().Except(seen.Keys));
    }

    private static int Failures(RunState state) => state.Hosts.Values.Count(h => h.Phase == RunHostPhase.Failed);

    private static void Watch(Action<RunSpec, RunState, RunCommand, RunEvent[]> each) => AnyRun.Sample(_ => { }, each);
}
