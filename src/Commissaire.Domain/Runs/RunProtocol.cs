using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commissaire.Hosts;

namespace Commissaire.Runs;

/// <summary>A message for one run: all that routing needs.</summary>
public interface IForRun
{
    /// <summary>The run it is for.</summary>
    RunId Run { get; }
}

/// <summary>Everything a run can be told.</summary>
[JsonDerivedType(typeof(RunCommand.Begin), "run/command/begin/1")]
[JsonDerivedType(typeof(RunCommand.MemberChanged), "run/command/member-changed/1")]
[JsonDerivedType(typeof(RunCommand.MemberLeft), "run/command/member-left/1")]
[JsonDerivedType(typeof(RunCommand.ReportTurn), "run/command/report-turn/1")]
[JsonDerivedType(typeof(RunCommand.Pause), "run/command/pause/1")]
[JsonDerivedType(typeof(RunCommand.Resume), "run/command/resume/1")]
[JsonDerivedType(typeof(RunCommand.Cancel), "run/command/cancel/1")]
[JsonDerivedType(typeof(RunCommand.Retry), "run/command/retry/1")]
[JsonDerivedType(typeof(RunCommand.Tick), "run/command/tick/1")]
public abstract record RunCommand(RunId Run) : IForRun
{
    /// <summary>From the cluster: it is yours; these are its members. Repeated, it only says how the members are now.</summary>
    public sealed record Begin(RunId Run, RunOptions Options, string By, ImmutableArray<MemberHealth> Members) : RunCommand(Run), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>From the cluster: this member is now like that.</summary>
    public sealed record MemberChanged(RunId Run, MemberHealth Member) : RunCommand(Run);

    /// <summary>From the cluster: this host is no longer a member.</summary>
    public sealed record MemberLeft(RunId Run, HostAddress Host) : RunCommand(Run);

    /// <summary>From a host: my turn is there, or ended so.</summary>
    public sealed record ReportTurn(RunId Run, HostAddress Host, int Attempt, TurnReport Report) : RunCommand(Run);

    /// <summary>Let no further host begin until told to.</summary>
    public sealed record Pause(RunId Run, string By) : RunCommand(Run);

    /// <summary>Go on.</summary>
    public sealed record Resume(RunId Run, string By) : RunCommand(Run);

    /// <summary>Let no further host begin, and end when those that have begun are done.</summary>
    public sealed record Cancel(RunId Run, string By) : RunCommand(Run);

    /// <summary>Give the hosts that failed, and those that never began, their turn.</summary>
    public sealed record Retry(RunId Run, string By) : RunCommand(Run), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>Time has passed.</summary>
    public sealed record Tick(RunId Run) : RunCommand(Run);
}

/// <summary>How a member of the cluster is.</summary>
/// <param name="Host">Which.</param>
/// <param name="Available">Whether it can carry work.</param>
/// <param name="Reason">Why it is so.</param>
public sealed record MemberHealth(HostAddress Host, bool Available, string Reason)
{
    /// <summary>How often it had failed when that was so, ever; null where nobody counted.</summary>
    public int? Failures { get; init; }
}

/// <summary>Everything a run can be asked.</summary>
[JsonDerivedType(typeof(RunQuery.Describe), "run/query/describe/1")]
public abstract record RunQuery(RunId Run) : IForRun
{
    /// <summary>How far are you?</summary>
    public sealed record Describe(RunId Run) : RunQuery(Run);
}

/// <summary>What a run answers.</summary>
[JsonDerivedType(typeof(RunReply.Described), "run/reply/described/1")]
[JsonDerivedType(typeof(RunReply.Refused), "run/reply/refused/1")]
public abstract record RunReply
{
    private RunReply() { }

    /// <summary>Done, or nothing needed doing; this is the run now.</summary>
    public sealed record Described(RunView View) : RunReply;

    /// <summary>No; nothing changed.</summary>
    public sealed record Refused(RunRefusal Why) : RunReply;
}

/// <summary>Why a run refuses.</summary>
public enum RunRefusal
{
    /// <summary>There is no such run.</summary>
    NotFound,

    /// <summary>It is over.</summary>
    Over,

    /// <summary>It is not over, and nothing of it has failed.</summary>
    NothingToRetry,
}

/// <summary>A run as others see it.</summary>
/// <param name="Run">Which.</param>
/// <param name="Options">What it was asked to be.</param>
/// <param name="By">Who asked.</param>
/// <param name="MaxUnavailable">The limit in hosts.</param>
/// <param name="MaxFailures">The limit in hosts.</param>
/// <param name="Status">How it is.</param>
/// <param name="Reason">Why, and what it waits for.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it was over; null while it is not.</param>
/// <param name="Hosts">Its hosts, in order.</param>
public sealed record RunView(
    RunId Run,
    RunOptions Options,
    string By,
    int MaxUnavailable,
    int MaxFailures,
    RunStatus Status,
    string Reason,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    ImmutableArray<RunHostView> Hosts)
{
    /// <summary>The run before any host had its turn.</summary>
    public RunView AtItsBeginning() => this with
    {
        Status = RunStatus.InProcess,
        Reason = "begun",
        FinishedAt = null,
        Hosts = [.. Hosts.Select(h => new RunHostView(h.Host, RunHostPhase.Waiting, "", StartedAt, "", ""))],
    };
}

/// <summary>A host in a run as others see it.</summary>
/// <param name="Host">Which.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Step">The step it is in, or failed in; empty when there is none.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why it stands there; empty when that needs no words.</param>
/// <param name="Output">The end of what it printed in the step that failed.</param>
public sealed record RunHostView(HostAddress Host, RunHostPhase Phase, string Step, DateTimeOffset Since, string Reason, string Output);

/// <summary>How a run is. The names in JSON are these in snake case.</summary>
public enum RunStatus
{
    /// <summary>It is not over.</summary>
    InProcess,

    /// <summary>It is over, and no host failed.</summary>
    Finished,

    /// <summary>It is over: hosts failed, or it was cancelled, or could not go on.</summary>
    Failed,
}

/// <summary>Where a host stands in a run. The names in JSON are these in snake case.</summary>
public enum RunHostPhase
{
    /// <summary>Its turn has not come.</summary>
    Waiting,

    /// <summary>It is having its turn.</summary>
    InProcess,

    /// <summary>Its turn ended well.</summary>
    Succeeded,

    /// <summary>There was nothing for it to do.</summary>
    Skipped,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>It left the cluster.</summary>
    Left,
}
