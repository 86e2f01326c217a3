using System.Collections.Immutable;
using Commissaire.Runs;

namespace Commissaire.Hosts;

/// <summary>A host's turn in a run: the steps it takes, and how far it is.</summary>
/// <param name="Run">The run.</param>
/// <param name="Attempt">The number of this turn of the host in the run, counted from 1.</param>
/// <param name="Plan">The plan of the run for each host.</param>
/// <param name="Steps">The steps, in order.</param>
public sealed record HostTurn(RunId Run, int Attempt, TurnPlan Plan, ImmutableArray<string> Steps) : ITraced
{
    /// <summary>How many steps are done.</summary>
    public int Done { get; init; }

    /// <summary>The step that was begun and not finished; null when none was.</summary>
    public string? Started { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Began { get; init; }

    /// <inheritdoc />
    public string? Trace { get; init; }

    /// <summary>Since when the host is where it is in its turn.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When the host was first changed; null before.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>The boot it was in before it was told to reboot; null before.</summary>
    public string? Boot { get; init; }

    /// <summary>Whether its node may be cordoned through us.</summary>
    public bool Cordoned { get; init; }

    /// <summary>Whether an earlier turn in the run left its node cordoned, because the host was changed and then failed.</summary>
    public bool LeftBefore { get; init; }

    /// <summary>What went wrong first; null when nothing has.</summary>
    public TurnProblem? Problem { get; init; }

    /// <summary>How it ended; null while it goes on. Kept until the run has heard.</summary>
    public TurnEnd? End { get; init; }

    /// <summary>By when the step that was begun must be done.</summary>
    public DateTimeOffset Deadline => Started switch
    {
        TurnSteps.Preflight => Since + TurnSteps.PreflightDeadline,
        TurnSteps.Cordon or TurnSteps.Uncordon => Since + TurnSteps.ShortDeadline,
        TurnSteps.Drain => Since + Plan.DrainTimeout + (Plan.OnDrainTimeout == DrainTimeoutPolicy.Force ? TurnSteps.ForceGrace : TimeSpan.Zero),
        _ => (ChangedAt ?? Since) + Plan.Timeout,
    };

    /// <summary>How long the step that was begun may take, counted from when it began, or from when the host was first changed.</summary>
    public TimeSpan Allowed => Started is TurnSteps.Preflight or TurnSteps.Cordon or TurnSteps.Uncordon or TurnSteps.Drain ? Deadline - Since : Plan.Timeout;

    /// <summary>The report of the turn to its run.</summary>
    public TurnReport Report() => new(Started ?? (Done < Steps.Length ? Steps[Done] : ""), Since, End);

    /// <summary>The turn after a step was started.</summary>
    internal HostTurn After(HostEvent.TurnStepStarted e) => this with
    {
        Started = e.Step,
        Since = e.At,
        Boot = e.BootId ?? Boot,
        ChangedAt = ChangedAt ?? (TurnSteps.Changes(e.Step) ? e.At : null),
        Cordoned = Cordoned || e.Step == TurnSteps.Cordon,
    };

    /// <summary>The turn after a step was finished.</summary>
    internal HostTurn After(HostEvent.TurnStepFinished e) => this with
    {
        Started = null,
        Done = Done + 1,
        Since = e.At,
        Cordoned = Cordoned && e.Step != TurnSteps.Uncordon,
    };

    /// <summary>
    /// The turn after a step failed: a node that we cordoned is uncordoned if the host was not changed. A changed host that failed may be broken,
    /// also when that was in an earlier turn; its node stays cordoned, and the run reports it.
    /// </summary>
    internal HostTurn After(HostEvent.TurnStepFailed e) => this with
    {
        Problem = Problem ?? new TurnProblem(e.Step, e.Reason, e.Output),
        Started = null,
        Since = e.At,
        Steps = Cordoned && !LeftBefore && ChangedAt is null && e.Step != TurnSteps.Uncordon
            ? [.. Steps[..Done], TurnSteps.Uncordon]
            : Steps[..Done],
    };

    /// <summary>The turn after it ended.</summary>
    /// <param name="e">The event.</param>
    /// <param name="failures">How often the host had failed then; null when the host itself did not fail.</param>
    internal HostTurn After(HostEvent.TurnEnded e, int? failures) => this with
    {
        Started = null,
        Since = e.At,
        End = new TurnEnd(e.Outcome, e.Step, e.Reason, e.Output, e.LeftCordoned)
        {
            Failures = e.Outcome == TurnOutcome.Failed ? failures : null,
        },
    };

    /// <summary>The turn without some of the steps that are left.</summary>
    internal HostTurn Without(Func<string, bool> drop) => this with { Steps = [.. Steps[..Done], .. Steps[Done..].Where(s => !drop(s))] };
}

/// <summary>What went wrong in a turn.</summary>
/// <param name="Step">In which step.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Output">The end of what the host printed; empty when it printed nothing.</param>
public sealed record TurnProblem(string Step, string Reason, string Output);

/// <summary>How a turn ended.</summary>
/// <param name="Outcome">Well, or not.</param>
/// <param name="Step">The step that failed; empty when none did.</param>
/// <param name="Reason">Why it did not end well; empty when it did.</param>
/// <param name="Output">The end of what the host printed in that step.</param>
/// <param name="LeftCordoned">Whether its node was left cordoned by us.</param>
public sealed record TurnEnd(TurnOutcome Outcome, string Step, string Reason, string Output, bool LeftCordoned)
{
    /// <summary>How often the host had failed then, ever; null when it is not the host itself that failed, or from a server that does not count.</summary>
    public int? Failures { get; init; }
}

/// <summary>How a host's turn may end.</summary>
public enum TurnOutcome
{
    /// <summary>All of its steps were done.</summary>
    Succeeded,

    /// <summary>There was nothing for it to do; it was left as it is.</summary>
    Skipped,

    /// <summary>A step could not be done.</summary>
    Failed,
}

/// <summary>How far a host is in its turn.</summary>
/// <param name="Step">The step it is in.</param>
/// <param name="Since">Since when.</param>
/// <param name="End">How it ended; null while it goes on.</param>
public sealed record TurnReport(string Step, DateTimeOffset Since, TurnEnd? End)
{
    /// <summary>What keeps the step; null when nothing was said of it.</summary>
    public string? Detail { get; init; }
}
