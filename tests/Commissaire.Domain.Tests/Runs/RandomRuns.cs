using System.Collections.Immutable;
using Commissaire.Hosts;
using Commissaire.Runs;
using CsCheck;
using static Commissaire.Domain.Tests.Runs.RunSamples;
using static Commissaire.Runs.RunCommand;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>A run over any members with any limits, and anything that may come to it: from hosts, from the cluster, from people, and from the clock.</summary>
internal static class RandomRuns
{
    private static readonly Gen<string> AnyLimit = Gen.OneOf(Gen.Int[1, 4].Select(n => $"{n}"), Gen.Int[1, 100].Select(n => $"{n}%"));

    private static readonly Gen<RunOptions> AnyOptions = Gen.Select(AnyLimit, AnyLimit, Gen.OneOfConst(0, 0, 30, 90))
        .Select((unavailable, failures, soak) => Options(unavailable, failures, soak));

    private static readonly Gen<ImmutableArray<MemberHealth>> AnyMembers = Gen.Select(Gen.Int[0, 12], Gen.Frequency((5, Gen.Const(0)), (2, Gen.Int[0, 1 << 12])))
        .Select((count, down) => Enumerable.Range(1, count).Select(n => (down >> n & 1) == 1 ? Down(n) : Up(n)).ToImmutableArray());

    private static readonly Gen<TurnEnd> AnyEnd = Gen.Frequency(
        (5, Gen.Const(Succeeded)), (2, Gen.Const(FailedAndCordoned)), (1, Gen.Const(FailedAndCordoned with { LeftCordoned = false })), (1, Gen.Const(Skipped)));

    private static readonly Gen<Action<SimulatedRun>> AnyStep = Gen.Frequency<Action<SimulatedRun>>(
        (8, Gen.Select(Gen.Int[0, 9], AnyEnd).Select((index, end) => new Action<SimulatedRun>(run => run.EndTurn(index, end)))),
        (1, Gen.Select(Gen.Int[1, 13], Gen.Int[0, 3], AnyEnd).Select((host, attempt, end) => new Action<SimulatedRun>(run => run.Scenario.Handle(Ended(host, end, attempt))))),
        (1, Gen.Select(Gen.Int[1, 13], Gen.Int[0, 2]).Select((host, attempt) =>
            new Action<SimulatedRun>(run => run.Scenario.Handle(new ReportTurn(Run, Host(host), attempt, new TurnReport(TurnSteps.Drain, Start, null)))))),
        (3, Gen.Select(Gen.Int[1, 13], Gen.Bool).Select((host, up) => new Action<SimulatedRun>(run => run.ChangeMember(up ? Up(host) : Down(host))))),
        (1, Gen.Int[1, 12].Select(host => new Action<SimulatedRun>(run => run.RemoveMember(host)))),
        (1, Gen.OneOfConst<RunCommand>(new Pause(Run, "ops"), new Resume(Run, "ops"), new Resume(Run, "ops"), new Cancel(Run, "ops")).Select(c => new Action<SimulatedRun>(run => run.Scenario.Handle(c)))),
        (2, Gen.Const(new Action<SimulatedRun>(run => run.Retry()))),
        (4, Gen.Int[0, 120].Select(seconds => new Action<SimulatedRun>(run => run.Scenario.Wait(seconds)))),
        (1, Gen.Const(new Action<SimulatedRun>(run => run.Scenario.Wait(700)))),
        (1, Gen.Const(new Action<SimulatedRun>(run => run.SendMembers()))),
        (1, Gen.Const(new Action<SimulatedRun>(run => run.Scenario.Crash()))));

    private static readonly Gen<(RunOptions, ImmutableArray<MemberHealth>, Action<SimulatedRun>[])> AnySimulation = Gen.Select(AnyOptions, AnyMembers, AnyStep.Array[0, 60]);

    /// <summary>Lives so many of them, onMessage with the members that its cluster has and what is to be seen after onMessage message.</summary>
    public static void Sample(Action<SimulatedRun> check, Action<RunScenario, RunState, RunCommand, RunEvent[]>? onMessage = null, int iter = 2_000) =>
        AnySimulation.Sample(sample =>
        {
            var (options, members, steps) = sample;
            var run = new SimulatedRun(options, members, onMessage);
            run.SendMembers();
            Array.ForEach(steps, step => step(run));
            check(run);
        }, iter: iter);

    internal sealed class SimulatedRun
    {
        private readonly RunOptions _options;

        public SimulatedRun(RunOptions options, ImmutableArray<MemberHealth> members, Action<RunScenario, RunState, RunCommand, RunEvent[]>? onMessage)
        {
            _options = options;
            Members = members.ToImmutableSortedDictionary(m => m.Host.Value, m => m, StringComparer.Ordinal);
            Scenario = new RunScenario { AfterEach = onMessage is null ? null : (received, command, events) => onMessage(Scenario!, received, command, events) };
        }

        public RunScenario Scenario { get; }

        /// <summary>The members as the cluster knows them.</summary>
        public ImmutableSortedDictionary<string, MemberHealth> Members { get; private set; }

        public void SendMembers() => Scenario.Handle(BeginWithMembers);

        public Begin BeginWithMembers => Begin(_options, [.. Members.Values]);

        public void EndTurn(int index, TurnEnd end)
        {
            if (Scenario.State.Turns.ToList() is { Count: > 0 } turns)
            {
                var turn = turns[index % turns.Count];
                Scenario.Handle(new ReportTurn(Run, turn.Host, turn.Attempt, new TurnReport("", Start, end)));
            }
        }

        public void ChangeMember(MemberHealth now)
        {
            Members = Members.SetItem(now.Host.Value, now);
            Scenario.Handle(new MemberChanged(Run, now));
        }

        public void RemoveMember(int host)
        {
            Members = Members.Remove(Host(host).Value);
            Scenario.Handle(new MemberLeft(Run, Host(host)));
        }

        // The cluster says how its members are to a run that goes on again.
        public void Retry()
        {
            Scenario.Handle(new Retry(Run, "ops"));
            if (Scenario.State is { Active: true, Members: null })
            {
                SendMembers();
            }
        }

        /// <summary>From here on hosts answer, time passes, and nobody interferes.</summary>
        public void RunToEnd(Func<HostCommand.BeginTurn, TurnEnd> end)
        {
            SendMembers();
            Scenario.Handle(new Resume(Run, "ops"));
            for (var rounds = 0; Scenario.State.Active && rounds < 100; rounds++)
            {
                if (Scenario.State.Turns.FirstOrDefault() is { } turn)
                {
                    Scenario.Handle(new ReportTurn(Run, turn.Host, turn.Attempt, new TurnReport("", Start, end(turn))));
                }
                else
                {
                    var moment = Assert.NotNull(Scenario.State.NextMoment);
                    Scenario.Advance(moment > Scenario.Now ? moment - Scenario.Now : TimeSpan.Zero);
                    Scenario.Handle(new Tick(Run));
                }
            }
        }
    }
}
