using System.Collections.Immutable;
using Commissaire.Hosts;

namespace Commissaire.Operations;

/// <summary>A message for one run: all that routing needs.</summary>
public interface IForOperation
{
    /// <summary>The run it is for.</summary>
    OperationId Run { get; }
}

/// <summary>Everything a run can be told.</summary>
public abstract record OperationCommand(OperationId Run) : IForOperation
{
    /// <summary>From the cluster: it is yours; these are its members. Repeated, it only says how the members are now.</summary>
    public sealed record Begin(OperationId Run, OperationOptions Options, string By, ImmutableArray<MemberHealth> Members) : OperationCommand(Run), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>From the cluster: this member is now like that.</summary>
    public sealed record MemberIs(OperationId Run, MemberHealth Member) : OperationCommand(Run);

    /// <summary>From the cluster: this host is no longer a member.</summary>
    public sealed record MemberLeft(OperationId Run, HostAddress Host) : OperationCommand(Run);

    /// <summary>From a host: my turn is there, or ended so.</summary>
    public sealed record HearTurn(OperationId Run, HostAddress Host, int Attempt, TurnReport Report) : OperationCommand(Run);

    /// <summary>Let no further host begin until told to.</summary>
    public sealed record Pause(OperationId Run, string By) : OperationCommand(Run);

    /// <summary>Go on.</summary>
    public sealed record Resume(OperationId Run, string By) : OperationCommand(Run);

    /// <summary>Let no further host begin, and end when those that have begun are done.</summary>
    public sealed record Cancel(OperationId Run, string By) : OperationCommand(Run);

    /// <summary>Give the hosts that failed, and those that never began, their turn.</summary>
    public sealed record Retry(OperationId Run, string By) : OperationCommand(Run), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>Time has passed.</summary>
    public sealed record Tick(OperationId Run) : OperationCommand(Run);
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
public abstract record OperationQuery(OperationId Run) : IForOperation
{
    /// <summary>How far are you?</summary>
    public sealed record Describe(OperationId Run) : OperationQuery(Run);
}

/// <summary>What a run answers.</summary>
public abstract record OperationReply
{
    private OperationReply() { }

    /// <summary>Done, or nothing needed doing; this is the run now.</summary>
    public sealed record Described(OperationView View) : OperationReply;

    /// <summary>No; nothing changed.</summary>
    public sealed record Refused(OperationRefusal Why) : OperationReply;
}

/// <summary>Why a run refuses.</summary>
public enum OperationRefusal
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
public sealed record OperationView(
    OperationId Run,
    OperationOptions Options,
    string By,
    int MaxUnavailable,
    int MaxFailures,
    OperationStatus Status,
    string Reason,
    DateTimeOffset StartedAt,
    DateTimeOffset? FinishedAt,
    ImmutableArray<OperationHostView> Hosts)
{
    /// <summary>The run before any host had its turn.</summary>
    public OperationView AtItsBeginning() => this with
    {
        Status = OperationStatus.InProcess,
        Reason = "begun",
        FinishedAt = null,
        Hosts = [.. Hosts.Select(h => new OperationHostView(h.Host, OperationPhase.Waiting, "", StartedAt, "", ""))],
    };
}

/// <summary>A host in a run as others see it.</summary>
/// <param name="Host">Which.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Step">The step it is in, or failed in; empty when there is none.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why it stands there; empty when that needs no words.</param>
/// <param name="Output">The end of what it printed in the step that failed.</param>
public sealed record OperationHostView(HostAddress Host, OperationPhase Phase, string Step, DateTimeOffset Since, string Reason, string Output);

/// <summary>How a run is. The names in JSON are these in snake case.</summary>
public enum OperationStatus
{
    /// <summary>It is not over.</summary>
    InProcess,

    /// <summary>It is over, and no host failed.</summary>
    Finished,

    /// <summary>It is over: hosts failed, or it was cancelled, or could not go on.</summary>
    Failed,
}

/// <summary>Where a host stands in a run. The names in JSON are these in snake case.</summary>
public enum OperationPhase
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
