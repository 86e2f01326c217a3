using System.Collections.Immutable;
using Commissaire.Hosts;
using Commissaire.Runs;
using CsCheck;
using static Commissaire.Domain.Tests.Runs.RunSamples;
using static Commissaire.Runs.RunCommand;
using Step = System.Action<Commissaire.Domain.Tests.Runs.RandomRuns.SimulatedRun>;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>Generates runs with random members and limits, and random messages of hosts, the cluster, operators and timers.</summary>
internal static class RandomRuns
{
    private static readonly Gen<string> AnyLimit = Gen.OneOf(Gen.Int[1, 4].Select(n => $"{n}"), Gen.Int[1, 100].Select(n => $"{n}%"));

    private static readonly Gen<RunOptions> AnyOptions =
        Gen.Select(AnyLimit, AnyLimit, Gen.OneOfConst(0, 0, 30, 90), Gen.OneOfConst(Restart, Upgrade, Deploy))
            .Select((unavailable, failures, soak, plan) => Options(unavailable, failures, soak, plan));

    // Some hosts have packages, and the others an image.
    private static readonly string?[] Followed =
        [null, "fedora:fedora/42/x86_64/iot", "quay.io/acme/os:stable amd64", "quay.io/acme/os:stable arm64"];

    private static readonly Gen<ImmutableArray<MemberHealth>> AnyMembers =
        Gen.Select(Gen.Int[0, 12], Gen.Frequency((5, Gen.Const(0)), (2, Gen.Int[0, 1 << 12])))
            .Select((count, down) => Enumerable.Range(1, count).Select(n => Member(n, (down >> n & 1) == 0)).ToImmutableArray());

    private static readonly Gen<TurnEnd> AnyEnd = Gen.Frequency(
        (4, Gen.Const(Succeeded)),
        (2, Gen.OneOfConst(Succeeded with { Digest = "sha256:1" }, Succeeded with { Digest = "sha256:2" })),
        (2, Gen.Const(FailedAndCordoned)), (1, Gen.Const(FailedUncordoned)), (1, Gen.Const(Skipped)));

    private static readonly Gen<Step> AnyStep = Gen.Frequency<Step>(
        (8, Gen.Select(Gen.Int[0, 9], AnyEnd).Select((index, end) => new Step(run => run.EndTurn(index, end)))),
        (1, Gen.Select(Gen.Int[1, 13], Gen.Int[0, 3], AnyEnd)
            .Select((host, attempt, end) => new Step(run => run.Scenario.Handle(Ended(host, end, attempt))))),
        (1, Gen.Select(Gen.Int[1, 13], Gen.Int[0, 2]).Select((host, attempt) => new Step(run =>
            run.Scenario.Handle(new ReportTurn(Run, Host(host), attempt, new TurnReport(TurnSteps.Drain, Start, null)))))),
        (3, Gen.Select(Gen.Int[1, 13], Gen.Bool).Select((host, up) => new Step(run => run.ChangeMember(Member(host, up))))),
        (1, Gen.Int[1, 12].Select(host => new Step(run => run.RemoveMember(host)))),
        (1, Gen.OneOfConst<RunCommand>(new Pause(Run, "ops"), new Resume(Run, "ops"), new Resume(Run, "ops"), new Cancel(Run, "ops"))
            .Select(c => new Step(run => run.Scenario.Handle(c)))),
        (2, Gen.Const(new Step(run => run.Retry()))),
        (4, Gen.Int[0, 120].Select(seconds => new Step(run => run.Scenario.Wait(seconds)))),
        (1, Gen.Const(new Step(run => run.Scenario.Wait(700)))),
        (1, Gen.Const(new Step(run => run.SendMembers()))),
        (1, Gen.Const(new Step(run => run.Scenario.Crash()))));

    private static readonly Gen<(RunOptions, ImmutableArray<MemberHealth>, Step[])> AnySimulation =
        Gen.Select(AnyOptions, AnyMembers, AnyStep.Array[0, 60]);

    /// <summary>Runs <paramref name="check"/> after each simulated run, and <paramref name="onMessage"/> after each message.</summary>
    public static void Sample(Step check, Action<RunScenario, RunState, RunCommand, RunEvent[]>? onMessage = null, int iter = 2_000) =>
        AnySimulation.Sample(sample =>
        {
            var (options, members, steps) = sample;
            var run = new SimulatedRun(options, members, onMessage);
            run.SendMembers();
            Array.ForEach(steps, step => step(run));
            check(run);
        }, iter: iter);

    private static MemberHealth Member(int number, bool up) => (up ? Up(number) : Down(number)) with { Follows = Followed[number % 4] };

    internal sealed class SimulatedRun
    {
        private readonly RunOptions _options;

        public SimulatedRun(
            RunOptions options, ImmutableArray<MemberHealth> members, Action<RunScenario, RunState, RunCommand, RunEvent[]>? onMessage)
        {
            _options = options;
            Members = members.ToImmutableSortedDictionary(m => m.Host.Value, m => m, StringComparer.Ordinal);
            Scenario = new RunScenario
            {
                AfterEach = onMessage is null ? null : (received, command, events) => onMessage(Scenario!, received, command, events),
            };
        }

        public RunScenario Scenario { get; }

        /// <summary>The members in the state of the cluster.</summary>
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

        // A run that continues after a retry gets the members from the cluster.
        public void Retry()
        {
            Scenario.Handle(new Retry(Run, "ops"));
            if (Scenario.State is { Active: true, Members: null })
            {
                SendMembers();
            }
        }

        /// <summary>Ends every turn as given and advances time until the run ends.</summary>
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
