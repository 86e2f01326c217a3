using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>A host's turn in a run: its steps in order, and its progress. Attempts are counted from 1.</summary>
public sealed record HostTurn(RunId Run, int Attempt, TurnPlan Plan, ImmutableArray<string> Steps) : ITraced
{
    /// <summary>How many steps are done.</summary>
    public int Done { get; init; }

    /// <summary>The step that was started and has not finished; null for none.</summary>
    public string? Started { get; init; }

    /// <summary>When the turn began.</summary>
    public DateTimeOffset Began { get; init; }

    /// <inheritdoc />
    public string? Trace { get; init; }

    /// <summary>When the last step started or ended.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When the host was first changed; null before.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>The boot ID before the reboot; null before that step.</summary>
    public string? Boot { get; init; }

    /// <summary>The boot that an earlier turn in the run told the host to leave; null if the host is to reboot in this turn.</summary>
    public string? EarlierBoot { get; init; }

    /// <summary>The digest or commit that the run brings all hosts to; null if the host may stage the newest.</summary>
    public string? Digest { get; init; }

    /// <summary>The image that the host must have booted at the end of the turn; null before it is staged, or without an image.</summary>
    public ImageVersion? Target { get; init; }

    /// <summary>The image that the host had before; null before another one is staged, or without an image.</summary>
    public ImageVersion? Previous { get; init; }

    /// <summary>Whether this turn may have cordoned its node.</summary>
    public bool Cordoned { get; init; }

    /// <summary>Whether an earlier turn in the run left its node cordoned, because the host was changed and then failed.</summary>
    public bool LeftBefore { get; init; }

    /// <summary>The first failure; null for none.</summary>
    public TurnProblem? Problem { get; init; }

    /// <summary>What the turn changed, and what it left undone; null for nothing to tell.</summary>
    public string? Notes { get; init; }

    /// <summary>How the turn ended; null before. Kept until the run acknowledges it.</summary>
    public TurnEnd? End { get; init; }

    /// <summary>When the current step must be done.</summary>
    public DateTimeOffset Deadline => Started switch
    {
        TurnSteps.Preflight or TurnSteps.RollbackCheck => Since + TurnSteps.PreflightDeadline,
        TurnSteps.Cordon or TurnSteps.Uncordon => Since + TurnSteps.ShortDeadline,
        TurnSteps.Drain when Plan.OnDrainTimeout == DrainTimeoutPolicy.Force =>
            Since + Plan.DrainTimeout + (Plan.ForceGrace ?? TurnPlan.DefaultForceGrace) + TurnSteps.ForceMargin,
        TurnSteps.Drain => Since + Plan.DrainTimeout,
        _ => (ChangedAt ?? Since) + Plan.Timeout,
    };

    /// <summary>How long the current step may take, from its start or from the first change of the host.</summary>
    public TimeSpan Allowed =>
        Started is TurnSteps.Preflight or TurnSteps.RollbackCheck or TurnSteps.Cordon or TurnSteps.Uncordon or TurnSteps.Drain
            ? Deadline - Since
            : Plan.Timeout;

    /// <summary>The report of the turn to its run.</summary>
    public TurnReport Report() => new(Started ?? (Done < Steps.Length ? Steps[Done] : ""), Since, End);

    /// <summary>The turn after a step was started.</summary>
    internal HostTurn After(HostEvent.TurnStepStarted e) => this with
    {
        Started = e.Step,
        Since = e.At,
        Boot = e.BootId ?? Boot,

        // The time limit of a rollback starts with its first step.
        ChangedAt = e.Step == TurnSteps.RollbackCheck ? e.At : ChangedAt ?? (TurnSteps.Changes(e.Step) ? e.At : null),
        Cordoned = Cordoned || e.Step == TurnSteps.Cordon,
    };

    /// <summary>The turn after a step was finished.</summary>
    internal HostTurn After(HostEvent.TurnStepFinished e) => this with
    {
        Started = null,
        Done = Done + 1,
        Since = e.At,
        Cordoned = Cordoned && e.Step != TurnSteps.Uncordon,

        // What the host runs replaces what it was to run.
        Notes = e.Step == TurnSteps.BootedVersion ? e.Summary ?? Notes : With(e.Summary),
    };

    /// <summary>
    /// The turn after a step failed. A node that the run cordoned is uncordoned if no turn changed the host. A changed host may be broken:
    /// its node stays cordoned, and the run reports it; or the host is rolled back first.
    /// </summary>
    internal HostTurn After(HostEvent.TurnStepFailed e) => this with
    {
        Problem = Problem is { } first
            ? first with { Reason = RollsBack ? $"{first.Reason}; the rollback failed in step {e.Step}: {e.Reason}" : first.Reason }
            : new TurnProblem(e.Step, e.Reason, e.Output) { Unchanged = e.Unchanged },
        Started = null,
        Since = e.At,
        Steps = [.. Steps[..Done], .. StepsAfterFailure(e)],
    };

    /// <summary>Whether the turn returns the host to its previous image.</summary>
    internal bool RollsBack => Steps.Contains(TurnSteps.RollbackCheck);

    private ImmutableArray<string> StepsAfterFailure(HostEvent.TurnStepFailed e) => this switch
    {
        { Plan.OnFailure: FailurePolicy.Rollback, RollsBack: false, Previous: { } previous, Target: { } target }
            when TurnSteps.MayRollBack(e.Step) && !e.Unchanged && previous.Digest != target.Digest =>
            TurnSteps.ForRollback(isNode: Steps.Contains(TurnSteps.NodeReady), Cordoned),
        { Cordoned: true, LeftBefore: false } when (ChangedAt is null || e.Unchanged) && e.Step != TurnSteps.Uncordon =>
            [TurnSteps.Uncordon],
        _ => [],
    };

    /// <summary>The turn after the host returned to its previous image.</summary>
    internal HostTurn After(HostEvent.TurnRolledBack e) => Without(TurnSteps.UpToRolledBack) with
    {
        Problem = Problem! with { Reason = $"{Problem.Reason}; rolled back to {e.Image}" },
    };

    /// <summary>The turn after it ended, with the failure count of the host; null if the host itself did not fail.</summary>
    internal HostTurn After(HostEvent.TurnEnded e, int? failures) => this with
    {
        Started = null,
        Since = e.At,
        End = new TurnEnd(e.Outcome, e.Step, e.Reason, e.Output, e.LeftCordoned)
        {
            Failures = e.Outcome == TurnOutcome.Failed ? failures : null,
            Digest = Target?.Shared,
        },
    };

    /// <summary>The turn without some of the steps that are left.</summary>
    internal HostTurn Without(Func<string, bool> drop) => this with { Steps = [.. Steps[..Done], .. Steps[Done..].Where(s => !drop(s))] };

    /// <summary>
    /// The turn without the reboot that was not needed, or that the host cannot tell about. A node that was to be drained for the reboot
    /// only stays as it is, unless an earlier turn left it cordoned.
    /// </summary>
    internal HostTurn After(HostEvent.TurnRebootNotNeeded e)
    {
        var undrained = Steps[Done..].Contains(TurnSteps.Cordon);
        return Without(step => TurnSteps.OfReboot(step) || step is TurnSteps.Cordon or TurnSteps.Drain
            || (undrained && !Cordoned && step == TurnSteps.Uncordon)) with
        {
            Notes = With(e.Text),
        };
    }

    private string? With(string? note) => note is null ? Notes : Notes is null ? note : $"{Notes}; {note}";
}

/// <summary>The failure of a step in a turn.</summary>
public sealed record TurnProblem(string Step, string Reason, string Output)
{
    /// <summary>Whether the host is known to be as it was before the turn.</summary>
    public bool Unchanged { get; init; }
}

/// <summary>How a turn ended.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Step">The step that failed; empty when none did.</param>
/// <param name="Reason">Why it did not succeed, or what it changed; empty when there is nothing to tell.</param>
/// <param name="Output">The end of the output of the failed step.</param>
/// <param name="LeftCordoned">Whether its node stays cordoned by the run.</param>
public sealed record TurnEnd(TurnOutcome Outcome, string Step, string Reason, string Output, bool LeftCordoned)
{
    /// <summary>The failure count of the host; null if the host itself did not fail.</summary>
    public int? Failures { get; init; }

    /// <summary>The digest or commit of the image that the host staged; null if it staged none.</summary>
    public string? Digest { get; init; }
}

/// <summary>The outcome of a turn.</summary>
public enum TurnOutcome
{
    /// <summary>All steps are done.</summary>
    Succeeded,

    /// <summary>The host had nothing to do, and did not change.</summary>
    Skipped,

    /// <summary>A step failed.</summary>
    Failed,
}

/// <summary>The progress of a turn; the end is null until the turn ended.</summary>
public sealed record TurnReport(string Step, DateTimeOffset Since, TurnEnd? End)
{
    /// <summary>The reason why the step waits; null if none was reported.</summary>
    public string? Detail { get; init; }
}

/// <summary>The last turn of a host that its run acknowledged.</summary>
/// <param name="Run">The run.</param>
/// <param name="Attempt">The attempt, counted from 1.</param>
/// <param name="LeftCordoned">Whether it left its node cordoned.</param>
/// <param name="LeftBoot">The boot that it told the host to leave, if the host did not come back; else null.</param>
public sealed record LastTurn(RunId Run, int Attempt, bool LeftCordoned, string? LeftBoot)
{
    /// <summary>The image that the host had to boot; null without an image.</summary>
    public ImageVersion? Target { get; init; }

    /// <summary>The image that the host had before; null without an image.</summary>
    public ImageVersion? Previous { get; init; }
}
