using System.Text.Json.Serialization;

namespace Commissaire.Runs;

/// <summary>A message to one run.</summary>
public interface IForRun
{
    /// <summary>The run that receives the message.</summary>
    RunId Run { get; }
}

/// <summary>A command to a run.</summary>
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
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>From the cluster: begin, with these members. Repeated, it refreshes the health of the members.</summary>
    public sealed record Begin(RunId Run, RunOptions Options, string By, ImmutableArray<MemberHealth> Members) : RunCommand(Run), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>From the cluster: the health of a member changed.</summary>
    public sealed record MemberChanged(RunId Run, MemberHealth Member) : RunCommand(Run);

    /// <summary>From the cluster: a host is no longer a member.</summary>
    public sealed record MemberLeft(RunId Run, HostAddress Host) : RunCommand(Run);

    /// <summary>From a host: the progress or the end of its turn.</summary>
    public sealed record ReportTurn(RunId Run, HostAddress Host, int Attempt, TurnReport Report) : RunCommand(Run);

    /// <summary>Start no more hosts until the run is resumed.</summary>
    public sealed record Pause(RunId Run, string By) : RunCommand(Run);

    /// <summary>Start hosts again.</summary>
    public sealed record Resume(RunId Run, string By) : RunCommand(Run);

    /// <summary>Start no more hosts, and finish when the hosts in their turn have.</summary>
    public sealed record Cancel(RunId Run, string By) : RunCommand(Run);

    /// <summary>Give the hosts that failed, and those that never began, their turn.</summary>
    public sealed record Retry(RunId Run, string By) : RunCommand(Run), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>Do the work that is due.</summary>
    public sealed record Tick(RunId Run) : RunCommand(Run);
}

/// <summary>Whether a member of the cluster can carry work, and why.</summary>
public sealed record MemberHealth(HostAddress Host, bool Available, string Reason)
{
    /// <summary>The failure count of the host at that time; null if not counted.</summary>
    public int? Failures { get; init; }

    /// <summary>What the host follows: an image with its architecture, or rpm-ostree. Null if its system is no image.</summary>
    public string? Follows { get; init; }
}

/// <summary>A query to a run.</summary>
[JsonDerivedType(typeof(RunQuery.Describe), "run/query/describe/1")]
public abstract record RunQuery(RunId Run) : IForRun
{
    /// <summary>Describe the run.</summary>
    public sealed record Describe(RunId Run) : RunQuery(Run);
}

/// <summary>A reply of a run.</summary>
[JsonDerivedType(typeof(RunReply.Described), "run/reply/described/1")]
[JsonDerivedType(typeof(RunReply.Refused), "run/reply/refused/1")]
public abstract record RunReply
{
    private RunReply() { }

    /// <summary>The command was accepted, or changed nothing; this is the run now.</summary>
    public sealed record Described(RunView View) : RunReply;

    /// <summary>The command was refused; nothing changed.</summary>
    public sealed record Refused(RunRefusal Why) : RunReply;
}

/// <summary>Why a run refuses a command.</summary>
public enum RunRefusal
{
    /// <summary>The run does not exist.</summary>
    NotFound,

    /// <summary>The run is finished.</summary>
    Over,

    /// <summary>No host of the run failed or was left out.</summary>
    NothingToRetry,
}
