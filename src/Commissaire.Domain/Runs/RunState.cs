namespace Commissaire.Runs;

/// <summary>
/// The state of one run and every decision about it: which host may begin, and when the run is finished. Member health is not
/// journalled: the cluster sends it again after a crash, and no host begins before.
/// </summary>
public sealed partial record RunState(RunId Run)
{
    /// <summary>The event it began with; null before.</summary>
    public RunEvent.Begun? Definition { get; private init; }

    /// <summary>Its hosts, by address.</summary>
    public ImmutableSortedDictionary<string, RunHost> Hosts { get; private init; } =
        ImmutableSortedDictionary.Create<string, RunHost>(StringComparer.Ordinal);

    /// <summary>The trace of new turns: that of the request which started or retried the run.</summary>
    public string? Trace { get; private init; }

    /// <summary>The user who paused it; null when it is not paused.</summary>
    public string? PausedBy { get; private init; }

    /// <summary>The user who cancelled it; null when it is not cancelled.</summary>
    public string? CancelledBy { get; private init; }

    /// <summary>Why and since when the run waits for unavailable members; null if it does not.</summary>
    public RunEvent.Held? Held { get; private init; }

    /// <summary>The event it finished with; null before.</summary>
    public RunEvent.Finished? End { get; private init; }

    /// <summary>When the last turn ended; null before the first.</summary>
    public DateTimeOffset? LastReturn { get; private init; }

    /// <summary>The health of the members; null until the cluster has sent it.</summary>
    public ImmutableSortedDictionary<string, MemberHealth>? Members { get; private init; }

    /// <summary>The last report of each host that has its turn.</summary>
    public ImmutableDictionary<string, TurnReport> Progress { get; private init; } =
        ImmutableDictionary.Create<string, TurnReport>(StringComparer.Ordinal);

    /// <summary>Whether it has begun and is not finished.</summary>
    public bool Active => Definition is not null && End is null;

    /// <summary>The messages to the hosts that stage or have their turn.</summary>
    public IEnumerable<HostCommand.BeginTurn> Turns => Hosts.Where(h => h.Value.Phase is RunHostPhase.InProcess or RunHostPhase.Staging)
        .Select(h => new HostCommand.BeginTurn(HostAddress.Parse(h.Key), Run, h.Value.Attempt, Definition!.Options.Plan)
        {
            Trace = Trace,
            Stages = h.Value.Phase == RunHostPhase.Staging,
            Digest = DigestFor(h.Value),
        });

    /// <summary>When a decision is due even if no message arrives; null for never.</summary>
    public DateTimeOffset? NextMoment => this switch
    {
        { Active: false } => null,
        { Held: { } held } => held.At + Definition!.Options.Plan.Timeout,
        { LastReturn: { } last } => last + Definition!.Options.Soak,
        _ => null,
    };

    /// <summary>Applies an event.</summary>
    public RunState Evolve(RunEvent @event) => @event switch
    {
        RunEvent.Begun e => this with
        {
            Definition = e,
            Trace = e.Trace,
            Hosts = e.Hosts.ToImmutableSortedDictionary(h => h.Value, _ => new RunHost(RunHostPhase.Waiting, e.At), StringComparer.Ordinal),
        },
        RunEvent.HostBegan e => With(e.Host, Began(e)) with { Held = null, StagingIsOver = StagingIsOver || !e.Stages },
        RunEvent.HostEnded { Stages: true } e => AfterStaging(e) with { Progress = Progress.Remove(e.Host.Value) },
        RunEvent.HostEnded e => With(e.Host, Ended(e)) with
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

            // A finished run receives no health reports, and a failed host may have left: ask the cluster for the current members.
            Members = null,
            Hosts = Hosts.SetItems(Hosts.Where(h => h.Value.Phase == RunHostPhase.Failed)
                .Select(h => KeyValuePair.Create(h.Key, h.Value with { Phase = RunHostPhase.Waiting, Since = e.At, End = null }))),
        },
        RunEvent.Finished e => this with { End = e, Held = null, PausedBy = null },
        _ => throw new System.Diagnostics.UnreachableException($"Unknown event {@event.GetType()}."),
    };

    /// <summary>The run after a message, before <see cref="Decide"/>: the part of the message that is not journalled.</summary>
    public RunState ApplyMessage(RunCommand command) => command switch
    {
        RunCommand.Begin c => this with
        {
            Members = c.Members.ToImmutableSortedDictionary(m => m.Host.Value, m => m, StringComparer.Ordinal),
        },
        RunCommand.MemberChanged c when Members is not null => this with { Members = Members.SetItem(c.Member.Host.Value, c.Member) },
        RunCommand.MemberLeft c when Members is not null => this with { Members = Members.Remove(c.Host.Value) },
        RunCommand.ReportTurn { Report.End: null } c when Concerns(c) =>
            this with { Progress = Progress.SetItem(c.Host.Value, c.Report) },
        _ => this,
    };

    private bool Concerns(RunCommand.ReportTurn c) =>
        Hosts.GetValueOrDefault(c.Host.Value) is { Phase: RunHostPhase.InProcess or RunHostPhase.Staging } host
            && host.Attempt == c.Attempt;

    private int Attempt(HostAddress host) => Hosts[host.Value].Attempt;

    private RunState With(HostAddress host, RunHost state) => this with { Hosts = Hosts.SetItem(host.Value, state) };

    private RunHost Began(RunEvent.HostBegan e) =>
        new(e.Stages ? RunHostPhase.Staging : RunHostPhase.InProcess, e.At, Attempt: Attempt(e.Host) + 1)
        {
            Follows = e.Follows,
            StagingIsOver = Hosts[e.Host.Value].StagingIsOver,
        };

    private RunHost Ended(RunEvent.HostEnded e) =>
        new(Phase(e.End.Outcome), e.At, e.End, e.End.LeftCordoned, Attempt(e.Host), e.End.Failures ?? 0) { StagingIsOver = true };

    private static RunHostPhase Phase(TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Succeeded => RunHostPhase.Succeeded,
        TurnOutcome.Skipped => RunHostPhase.Skipped,
        _ => RunHostPhase.Failed,
    };
}

/// <summary>A host in a run. A health report with fewer failures than when its turn failed is older than that.</summary>
public sealed record RunHost(
    RunHostPhase Phase, DateTimeOffset Since, TurnEnd? End = null, bool LeftCordoned = false, int Attempt = 0, int Failures = 0)
{
    /// <summary>What the host follows, as its member said when it began; null if its system is no image.</summary>
    public string? Follows { get; init; }

    /// <summary>Whether the host staged its image, had nothing to stage, or had its turn.</summary>
    public bool StagingIsOver { get; init; }
}
