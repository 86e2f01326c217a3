namespace Commissaire.Runs;

/// <summary>A run as others see it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Options">Its options.</param>
/// <param name="By">The user who started it.</param>
/// <param name="MaxUnavailable">The limit of unavailable hosts, resolved to a number.</param>
/// <param name="MaxFailures">The limit of failed hosts, resolved to a number.</param>
/// <param name="Status">Its status.</param>
/// <param name="Reason">The reason for its status, and what it waits for.</param>
/// <param name="StartedAt">The time it began.</param>
/// <param name="FinishedAt">The time it finished; null before.</param>
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
/// <param name="Host">The host.</param>
/// <param name="Phase">Its phase.</param>
/// <param name="Step">The step it is in, or failed in; empty for none.</param>
/// <param name="Since">The time the phase or step began.</param>
/// <param name="Reason">The reason for its phase; empty when there is nothing to explain.</param>
/// <param name="Output">The end of the output of the step that failed.</param>
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
