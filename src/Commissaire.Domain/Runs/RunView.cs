namespace Commissaire.Runs;

/// <summary>The public state of a run, with its limits resolved to numbers, and its hosts in order.</summary>
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
    /// <summary>For whom or what the run waits, and who can change that; null if it is finished.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>The run before any host had its turn.</summary>
    public RunView AtItsBeginning() => this with
    {
        Status = RunStatus.InProcess,
        Reason = "begun",
        FinishedAt = null,
        WaitsFor = null,
        Hosts = [.. Hosts.Select(h => new RunHostView(h.Host, RunHostPhase.Waiting, "", StartedAt, "", ""))],
    };
}

/// <summary>The public state of a host in a run: the step it is in or failed in, the reason, and the end of the output.</summary>
public sealed record RunHostView(HostAddress Host, RunHostPhase Phase, string Step, DateTimeOffset Since, string Reason, string Output);

/// <summary>The status of a run. The names in JSON are these in snake case.</summary>
public enum RunStatus
{
    /// <summary>It is not finished.</summary>
    InProcess,

    /// <summary>It finished, and no host failed.</summary>
    Finished,

    /// <summary>It finished: hosts failed, or it was cancelled, or it could not continue.</summary>
    Failed,
}

/// <summary>The phase of a host in a run. The names in JSON are these in snake case.</summary>
public enum RunHostPhase
{
    /// <summary>Its turn has not begun.</summary>
    Waiting,

    /// <summary>It stages its image for the turn.</summary>
    Staging,

    /// <summary>It has its turn.</summary>
    InProcess,

    /// <summary>Its turn succeeded.</summary>
    Succeeded,

    /// <summary>It had nothing to do.</summary>
    Skipped,

    /// <summary>Its turn failed.</summary>
    Failed,

    /// <summary>It left the cluster.</summary>
    Left,
}
