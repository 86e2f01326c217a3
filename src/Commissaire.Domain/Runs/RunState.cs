using System.Collections.Immutable;
using Commissaire.Hosts;

namespace Commissaire.Runs;

/// <summary>
/// All that is true of one run of an operation, and every judgement about it: who may begin, and when it is over. Hosts take their own steps;
/// the run only gives them their turn. How the members of the cluster are is knowledge, not an event: the cluster tells it again after a crash,
/// and until it has, nobody begins.
/// </summary>
/// <param name="Run">Which run.</param>
public sealed partial record RunState(RunId Run)
{
    /// <summary>How it began; null when it has not.</summary>
    public RunEvent.Begun? Definition { get; private init; }

    /// <summary>Its hosts.</summary>
    public ImmutableSortedDictionary<string, RunHost> Hosts { get; private init; } = ImmutableSortedDictionary.Create<string, RunHost>(StringComparer.Ordinal);

    /// <summary>The trace that turns belong to from now on: of the request that began it, or had it go on.</summary>
    public string? Trace { get; private init; }

    /// <summary>Who paused it; null when it is not paused.</summary>
    public string? PausedBy { get; private init; }

    /// <summary>Who cancelled it; null when nobody did.</summary>
    public string? CancelledBy { get; private init; }

    /// <summary>Since when nobody may begin although nothing is going on, and why; null when that is not so.</summary>
    public RunEvent.Held? Held { get; private init; }

    /// <summary>How it ended; null while it has not.</summary>
    public RunEvent.Finished? End { get; private init; }

    /// <summary>When a host last returned; null when none has.</summary>
    public DateTimeOffset? LastReturn { get; private init; }

    /// <summary>How the members of the cluster are; null until the cluster has told.</summary>
    public ImmutableSortedDictionary<string, MemberHealth>? Members { get; private init; }

    /// <summary>How far hosts said they are in their turns.</summary>
    public ImmutableDictionary<string, TurnReport> Progress { get; private init; } = ImmutableDictionary.Create<string, TurnReport>(StringComparer.Ordinal);

    /// <summary>Whether it has begun and is not over.</summary>
    public bool Active => Definition is not null && End is null;

    /// <summary>What the hosts whose turn it is are told.</summary>
    public IEnumerable<HostCommand.BeginTurn> Turns => Hosts.Where(h => h.Value.Phase == RunHostPhase.InProcess)
        .Select(h => new HostCommand.BeginTurn(HostAddress.Parse(h.Key), Run, h.Value.Attempt, Definition!.Options.Plan) { Trace = Trace });

    /// <summary>When time alone may change something; null when it may not.</summary>
    public DateTimeOffset? NextMoment => this switch
    {
        { Active: false } => null,
        { Held: { } held } => held.At + Definition!.Options.Plan.Timeout,
        { LastReturn: { } last } => last + Definition!.Options.Soak,
        _ => null,
    };

    /// <summary>What the run is after an event.</summary>
    public RunState Evolve(RunEvent happened) => happened switch
    {
        RunEvent.Begun e => this with
        {
            Definition = e,
            Trace = e.Trace,
            Hosts = e.Hosts.ToImmutableSortedDictionary(h => h.Value, _ => new RunHost(RunHostPhase.Waiting, e.At), StringComparer.Ordinal),
        },
        RunEvent.HostBegan e => With(e.Host, new RunHost(RunHostPhase.InProcess, e.At, Attempt: Attempt(e.Host) + 1)) with { Held = null },
        RunEvent.HostEnded e => With(e.Host, new RunHost(Phase(e.End.Outcome), e.At, e.End, e.End.LeftCordoned, Attempt(e.Host), e.End.Failures ?? 0)) with
        {
            LastReturn = e.End.Outcome == TurnOutcome.Skipped ? LastReturn : e.At,
            Progress = Progress.Remove(e.Host.Value),
        },
        RunEvent.HostLeft e => With(e.Host, new RunHost(RunHostPhase.Left, e.At)) with { Progress = Progress.Remove(e.Host.Value) },
        RunEvent.Held e => this with { Held = e },
        RunEvent.Paused e => this with { PausedBy = e.By, Held = null },
        RunEvent.Resumed => this with { PausedBy = null },
        RunEvent.Cancelled e => this with { CancelledBy = e.By, PausedBy = null },
        RunEvent.Retried e => this with
        {
            Trace = e.Trace ?? Trace,
            End = null,
            CancelledBy = null,
            Held = null,

            // A cluster says nothing of its members to a run that is over.
            Members = End is null ? Members : null,
            Hosts = Hosts.SetItems(Hosts.Where(h => h.Value.Phase == RunHostPhase.Failed)
                .Select(h => KeyValuePair.Create(h.Key, new RunHost(RunHostPhase.Waiting, e.At, LeftCordoned: h.Value.LeftCordoned, Attempt: h.Value.Attempt, Failures: h.Value.Failures)))),
        },
        RunEvent.Finished e => this with { End = e, Held = null, PausedBy = null },
        _ => throw new System.Diagnostics.UnreachableException($"A run does not know {happened.GetType()}."),
    };

    /// <summary>The run, knowing what a message says beyond what events say.</summary>
    public RunState ApplyMessage(RunCommand command) => command switch
    {
        RunCommand.Begin c => this with { Members = c.Members.ToImmutableSortedDictionary(m => m.Host.Value, m => m, StringComparer.Ordinal) },
        RunCommand.MemberChanged c when Members is not null => this with { Members = Members.SetItem(c.Member.Host.Value, c.Member) },
        RunCommand.MemberLeft c when Members is not null => this with { Members = Members.Remove(c.Host.Value) },
        RunCommand.ReportTurn { Report.End: null } c when Concerns(c) =>
            this with { Progress = Progress.SetItem(c.Host.Value, c.Report) },
        _ => this,
    };

    private bool Concerns(RunCommand.ReportTurn c) =>
        Hosts.GetValueOrDefault(c.Host.Value) is { Phase: RunHostPhase.InProcess } host && host.Attempt == c.Attempt;

    private int Attempt(HostAddress host) => Hosts[host.Value].Attempt;

    private RunState With(HostAddress host, RunHost what) => this with { Hosts = Hosts.SetItem(host.Value, what) };

    private static RunHostPhase Phase(TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Succeeded => RunHostPhase.Succeeded,
        TurnOutcome.Skipped => RunHostPhase.Skipped,
        _ => RunHostPhase.Failed,
    };
}

/// <summary>A host in a run.</summary>
/// <param name="Phase">Where it stands.</param>
/// <param name="Since">Since when.</param>
/// <param name="End">How its turn ended; null when it has not.</param>
/// <param name="LeftCordoned">Whether an earlier turn of it in this run left its node cordoned.</param>
/// <param name="Attempt">How many turns it has had, or is having.</param>
/// <param name="Failures">How often the host had failed when it failed its turn, ever: whoever knows of fewer does not know how it is now.</param>
public sealed record RunHost(RunHostPhase Phase, DateTimeOffset Since, TurnEnd? End = null, bool LeftCordoned = false, int Attempt = 0, int Failures = 0);
