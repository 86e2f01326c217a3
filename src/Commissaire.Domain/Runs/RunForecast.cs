namespace Commissaire.Runs;

/// <summary>
/// How a run would go from now on if every turn went as its host says, and nothing else changed. The decisions are those of the run itself.
/// </summary>
/// <param name="Run">The number that the run would have.</param>
/// <param name="Definition">The run as it would begin, with its limits as numbers.</param>
/// <param name="Hosts">Its hosts, in the order in which their turns would begin; then those that would have none.</param>
/// <param name="Unavailable">The members that are unavailable now, and why.</param>
/// <param name="Reason">How the run would end, or for what it would wait.</param>
public sealed record RunForecast(
    RunId Run, RunEvent.Begun Definition, ImmutableArray<ForecastHost> Hosts, ImmutableArray<MemberHealth> Unavailable, string Reason)
{
    // Only so that staging goes on: what the first host of a group would find is not known.
    private const string AnyDigest = "sha256:forecast";

    /// <summary>Plays a run that would begin with a message. The turns are those that the hosts expect.</summary>
    public static RunForecast Of(
        RunCommand.Begin begin, IReadOnlyDictionary<HostAddress, TurnPreview> turns, DateTimeOffset now)
    {
        var play = new Play(begin, turns, now);
        play.Run();
        var (state, order) = (play.State, play.Order);
        var hosts = state.Hosts.Select(h => (Address: HostAddress.Parse(h.Key), Host: h.Value))
            .OrderBy(h => order.GetValueOrDefault(h.Address, int.MaxValue))
            .Select(h => new ForecastHost(h.Address, order.TryGetValue(h.Address, out var place) ? place : null, h.Host.Phase, h.Host.End));
        return new RunForecast(
            begin.Run, state.Definition!, [.. hosts],
            [.. begin.Members.Where(m => !m.Available).OrderBy(m => m.Host.Value, StringComparer.Ordinal)],
            state.End?.Reason ?? state.Reason);
    }

    private sealed class Play(RunCommand.Begin begin, IReadOnlyDictionary<HostAddress, TurnPreview> turns, DateTimeOffset now)
    {
        private DateTimeOffset _now = now;

        public RunState State { get; private set; } = new(begin.Run);

        /// <summary>The place of each host in the order of turns, counted from 1.</summary>
        public Dictionary<HostAddress, int> Order { get; } = [];

        public void Run()
        {
            Receive(begin);
            while (State.Active)
            {
                var going = State.Hosts.Where(h => h.Value.Phase is RunHostPhase.InProcess or RunHostPhase.Staging).ToList();
                foreach (var (host, how) in going)
                {
                    End(HostAddress.Parse(host), how);
                }

                if (going.Count == 0)
                {
                    // The pause between turns, or a wait for unavailable members, which nobody would end.
                    if (State.Held is not null || State.NextMoment is not { } moment || moment <= _now)
                    {
                        return;
                    }

                    _now = moment;
                    Receive(new RunCommand.Tick(begin.Run));
                }
            }
        }

        private void End(HostAddress host, RunHost how)
        {
            var turn = turns.GetValueOrDefault(host);
            var end = new TurnEnd(turn?.Outcome ?? TurnOutcome.Succeeded, turn?.Step ?? "", turn?.Reason ?? "", "", false)
            {
                Digest = how.Phase == RunHostPhase.Staging ? AnyDigest : null,
            };
            Receive(new RunCommand.ReportTurn(begin.Run, host, how.Attempt, new TurnReport("", _now, end)));
            if (end.Outcome == TurnOutcome.Succeeded && State.Members!.GetValueOrDefault(host.Value) is { Available: false } member)
            {
                Receive(new RunCommand.MemberChanged(begin.Run, member with { Available = true, Reason = "" }));
            }
        }

        private void Receive(RunCommand command)
        {
            State = State.ApplyMessage(command);
            foreach (var e in State.Decide(command, _now).Events)
            {
                State = State.Evolve(e);
                if (e is RunEvent.HostBegan { Stages: false } began)
                {
                    Order.TryAdd(began.Host, Order.Count + 1);
                }
            }
        }
    }
}

/// <summary>A host in a forecast.</summary>
/// <param name="Host">The host.</param>
/// <param name="Place">Its place in the order of turns, counted from 1; null if its turn would not begin.</param>
/// <param name="Phase">Where the host would be at the end of the run.</param>
/// <param name="End">How its turn would end; null if it would not begin.</param>
public sealed record ForecastHost(HostAddress Host, int? Place, RunHostPhase Phase, TurnEnd? End);
