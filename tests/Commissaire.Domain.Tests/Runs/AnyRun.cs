using System.Collections.Immutable;
using Commissaire.Hosts;
using Commissaire.Runs;
using CsCheck;
using static Commissaire.Domain.Tests.Runs.RunScenario;
using static Commissaire.Runs.RunCommand;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>A run over any members with any limits, and anything that may come to it: from hosts, from the cluster, from people, and from the clock.</summary>
internal static class AnyRun
{
    private static readonly Gen<string> AnyLimit = Gen.OneOf(Gen.Int[1, 4].Select(n => $"{n}"), Gen.Int[1, 100].Select(n => $"{n}%"));

    private static readonly Gen<RunOptions> AnyOptions = Gen.Select(AnyLimit, AnyLimit, Gen.OneOfConst(0, 0, 30, 90))
        .Select((unavailable, failures, soak) => Options(unavailable, failures, soak));

    private static readonly Gen<ImmutableArray<MemberHealth>> AnyMembers = Gen.Select(Gen.Int[0, 12], Gen.Frequency((5, Gen.Const(0)), (2, Gen.Int[0, 1 << 12])))
        .Select((count, down) => Enumerable.Range(1, count).Select(n => (down >> n & 1) == 1 ? Down(n) : Up(n)).ToImmutableArray());

    private static readonly Gen<TurnEnd> AnyEnd = Gen.Frequency(
        (5, Gen.Const(Well)), (2, Gen.Const(Badly)), (1, Gen.Const(Badly with { LeftCordoned = false })), (1, Gen.Const(Skip)));

    private static readonly Gen<Action<Life>> Step = Gen.Frequency<Action<Life>>(
        (8, Gen.Select(Gen.Int[0, 9], AnyEnd).Select((which, end) => new Action<Life>(life => life.EndTurn(which, end)))),
        (1, Gen.Select(Gen.Int[1, 13], Gen.Int[0, 3], AnyEnd).Select((host, attempt, end) => new Action<Life>(life => life.Tale.Tell(Ended(host, end, attempt))))),
        (1, Gen.Select(Gen.Int[1, 13], Gen.Int[0, 2]).Select((host, attempt) =>
            new Action<Life>(life => life.Tale.Tell(new ReportTurn(Run, Host(host), attempt, new TurnReport(TurnSteps.Drain, Start, null)))))),
        (3, Gen.Select(Gen.Int[1, 13], Gen.Bool).Select((host, up) => new Action<Life>(life => life.Member(up ? Up(host) : Down(host))))),
        (1, Gen.Int[1, 12].Select(host => new Action<Life>(life => life.Leave(host)))),
        (1, Gen.OneOfConst<RunCommand>(new Pause(Run, "ops"), new Resume(Run, "ops"), new Resume(Run, "ops"), new Cancel(Run, "ops")).Select(c => new Action<Life>(life => life.Tale.Tell(c)))),
        (2, Gen.Const(new Action<Life>(life => life.Retry()))),
        (4, Gen.Int[0, 120].Select(seconds => new Action<Life>(life => life.Tale.Wait(seconds)))),
        (1, Gen.Const(new Action<Life>(life => life.Tale.Wait(700)))),
        (1, Gen.Const(new Action<Life>(life => life.TellMembers()))),
        (1, Gen.Const(new Action<Life>(life => life.Tale.Crash()))));

    private static readonly Gen<(RunOptions, ImmutableArray<MemberHealth>, Action<Life>[])> Story = Gen.Select(AnyOptions, AnyMembers, Step.Array[0, 60]);

    /// <summary>Lives so many of them, each with the members that its cluster has and what is to be seen after each message.</summary>
    public static void Sample(Action<Life> ended, Action<RunSpec, RunState, RunCommand, RunEvent[]>? each = null, int iter = 2_000) =>
        Story.Sample(story =>
        {
            var (options, members, steps) = story;
            var life = new Life(options, members, each);
            life.TellMembers();
            Array.ForEach(steps, step => step(life));
            ended(life);
        }, iter: iter);

    internal sealed class Life
    {
        private readonly RunOptions _options;

        public Life(RunOptions options, ImmutableArray<MemberHealth> members, Action<RunSpec, RunState, RunCommand, RunEvent[]>? each)
        {
            _options = options;
            Members = members.ToImmutableSortedDictionary(m => m.Host.Value, m => m, StringComparer.Ordinal);
            Tale = new RunSpec { Each = each is null ? null : (heard, command, events) => each(Tale!, heard, command, events) };
        }

        public RunSpec Tale { get; }

        /// <summary>The members as the cluster knows them.</summary>
        public ImmutableSortedDictionary<string, MemberHealth> Members { get; private set; }

        public void TellMembers() => Tale.Tell(Cluster);

        public Begin Cluster => Begin(_options, [.. Members.Values]);

        public void EndTurn(int which, TurnEnd end)
        {
            if (Tale.State.Turns.ToList() is { Count: > 0 } turns)
            {
                var turn = turns[which % turns.Count];
                Tale.Tell(new ReportTurn(Run, turn.Host, turn.Attempt, new TurnReport("", Start, end)));
            }
        }

        public void Member(MemberHealth now)
        {
            Members = Members.SetItem(now.Host.Value, now);
            Tale.Tell(new MemberChanged(Run, now));
        }

        public void Leave(int host)
        {
            Members = Members.Remove(Host(host).Value);
            Tale.Tell(new MemberLeft(Run, Host(host)));
        }

        // The cluster says how its members are to a run that goes on again.
        public void Retry()
        {
            Tale.Tell(new Retry(Run, "ops"));
            if (Tale.State is { Active: true, Members: null })
            {
                TellMembers();
            }
        }

        /// <summary>From here on hosts answer, time passes, and nobody interferes.</summary>
        public void Settle(Func<HostCommand.BeginTurn, TurnEnd> end)
        {
            TellMembers();
            Tale.Tell(new Resume(Run, "ops"));
            for (var rounds = 0; Tale.State.Active && rounds < 100; rounds++)
            {
                if (Tale.State.Turns.FirstOrDefault() is { } turn)
                {
                    Tale.Tell(new ReportTurn(Run, turn.Host, turn.Attempt, new TurnReport("", Start, end(turn))));
                }
                else
                {
                    var moment = Assert.NotNull(Tale.State.NextMoment);
                    Tale.Pass(moment > Tale.Now ? moment - Tale.Now : TimeSpan.Zero);
                    Tale.Tell(new Tick(Run));
                }
            }
        }
    }
}
