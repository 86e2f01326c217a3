using System.Collections.Immutable;
using System.Text.Json;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Hosts;

public sealed partial record HostState
{
    /// <summary>Its turn in a run; null when it has none.</summary>
    public HostTurn? Turn { get; private init; }

    /// <summary>The last turn whose end its run has heard of; null when there was none.</summary>
    public (RunId Run, int Attempt, bool LeftCordoned)? LastTurn { get; private init; }

    /// <summary>The step of its turn that is to be worked on; null when there is none.</summary>
    public string? TurnStep => Turn is { End: null, Started: { } step } ? step : null;

    private ImmutableArray<HostEvent> Begin(HostCommand.BeginTurn c, DateTimeOffset now)
    {
        // What was told before a crash may arrive late: a turn that the run has heard of is never had again.
        var had = (LastTurn is { } last && last.Run == c.Run && last.Attempt >= c.Attempt) || (Turn is { } t && (t.Run != c.Run || t.Attempt >= c.Attempt || t.End is null));
        if (had || Membership?.Cluster != c.Run.Cluster)
        {
            return [];
        }

        // A run that asks for another turn has heard how the one before ended.
        ImmutableArray<HostEvent> heard = Turn is { } ended ? [new HostEvent.TurnAcknowledged(ended.Run, ended.Attempt, now)] : [];
        var left = heard.Aggregate(this, (state, e) => state.Evolve(e)).WasLeftCordonedBy(c.Run);
        var isNode = Node is { Phase: NodePhase.Registered };
        var nothing = this switch
        {
            { NeedsInvestigation: true } => "was never investigated",
            { Bootstrap: not { Complete: true } } => "is not bootstrapped yet",
            _ when c.Plan.Verb == RunVerb.Deploy && OsDialect.Of(Facts!.Os)!.Deploy is null => $"deploy is for hosts booted from an ostree; this one runs {Facts.Os}",
            _ => null,
        };
        return nothing is null
            ? [.. heard, new HostEvent.TurnBegan(c.Run, c.Attempt, c.Plan, TurnSteps.For(c.Plan, isNode), now) { Trace = c.Trace }]
            : [.. heard, new HostEvent.TurnBegan(c.Run, c.Attempt, c.Plan, [], now) { Trace = c.Trace }, new HostEvent.TurnEnded(TurnOutcome.Skipped, "", nothing, "", left, now)];
    }

    private bool WasLeftCordonedBy(RunId run) => LastTurn is { LeftCordoned: true } last && last.Run == run;

    // One step leads to the next, and the last one to the end.
    private HostEvent? NextOfTurn(DateTimeOffset now) => Turn switch
    {
        { End: null, Started: null } t when t.Done < t.Steps.Length =>
            new HostEvent.TurnStepStarted(t.Steps[t.Done], t.Steps[t.Done] == TurnSteps.Reboot ? Facts!.BootId : null, now),
        { End: null, Started: null, Problem: { } p } t => new HostEvent.TurnEnded(TurnOutcome.Failed, p.Step, p.Reason, p.Output, t.Cordoned, now),
        { End: null, Started: null } => new HostEvent.TurnEnded(TurnOutcome.Succeeded, "", "", "", LeftCordoned: false, now),
        _ => null,
    };

    private ImmutableArray<HostEvent> TurnStepEnded(HostCommand.RecordTurnStep c, DateTimeOffset now)
    {
        if (TurnStep != c.Step || Turn!.Run != c.Run)
        {
            return [];
        }

        return c.Outcome switch
        {
            ShellOutcome.Completed { ExitCode: 0 } done => Answered(c.Step, done, now),
            ShellOutcome.Completed done when Busy(done) && now < Turn.Deadline => [],
            ShellOutcome.Completed done => TurnFails(c.Step, Explain(done), Tail(done), null, now),

            // Whoever is told to reboot may not live to answer; that it did is proven by the next step.
            ShellOutcome.Interrupted when c.Step == TurnSteps.Reboot => [new HostEvent.TurnStepFinished(c.Step, "", now)],
            ShellOutcome.HostKeyChanged changed => TurnFails(c.Step, Explain(changed), "", changed.Offered, now),
            ShellOutcome.NoCredentials none => TurnFails(c.Step, Explain(none), "", null, now),
            ShellOutcome.TimedOut when TurnSteps.Changes(c.Step) => TurnFails(c.Step, Late(null), "", null, now),

            // Refused, reset, dropped, not let in yet: it may be going down, or coming up. A step that was cut off is begun again.
            var trouble => now < Turn.Deadline ? [] : TurnFails(c.Step, Late(Explain(trouble)), "", null, now),
        };
    }

    private ImmutableArray<HostEvent> Answered(string step, ShellOutcome.Completed done, DateTimeOffset now)
    {
        var finished = new HostEvent.TurnStepFinished(step, TurnSteps.Changes(step) ? Tail(done) : "", now);
        switch (step)
        {
            case TurnSteps.Preflight when Investigation.BootId(done.Output) is null:
                return TurnFails(step, Explain(done), Tail(done), null, now);
            case TurnSteps.Preflight:
                return [.. Checked(done, 1, now), finished];
            case TurnSteps.WaitForReboot:
                return Investigation.BootId(done.Output) is { } boot && boot != Turn!.Boot ? [.. Checked(done, 1, now), finished]
                    : now < Turn!.Deadline ? []
                    : TurnFails(step, Late("it answers, but from the boot it was in before"), "", null, now);
            case TurnSteps.RebootNeeded:
                return done.Output.Trim() switch
                {
                    "yes" => [finished],
                    "no" => [finished, new HostEvent.TurnRebootNotNeeded(now)],
                    _ => TurnFails(step, "the answer was neither yes nor no", Tail(done), null, now),
                };
            case TurnSteps.BootedVersion:
                var booted = BootedVersion(done.Output);
                return booted == Turn!.Plan.Version
                    ? [finished]
                    : TurnFails(step, $"it came back with version '{booted ?? "unknown"}', not '{Turn.Plan.Version}'", "", null, now);
            default:
                return [finished];
        }
    }

    private ImmutableArray<HostEvent> NodeStepEnded(HostCommand.NodeStepReported c, DateTimeOffset now)
    {
        if (TurnStep != c.Step || Turn!.Run != c.Run)
        {
            return [];
        }

        return c switch
        {
            { Done: true, CordonedByOthers: true } => [new HostEvent.TurnStepFinished(c.Step, c.Detail, now), new HostEvent.TurnFoundCordon(now)],
            { Done: true } => [new HostEvent.TurnStepFinished(c.Step, c.Detail, now)],
            _ when now >= Turn.Deadline => TurnFails(c.Step, Late(c.Detail), "", null, now),
            _ => [],
        };
    }

    // A host that failed in what was done to it, or whose node did not come back, is failed until a health check finds it well; other trouble
    // with its node is not its own.
    private ImmutableArray<HostEvent> TurnFails(string step, string reason, string output, HostKey? offered, DateTimeOffset now)
    {
        var failed = new HostEvent.TurnStepFailed(step, reason, output, now);
        return TurnSteps.FailsHost(step) ? [.. Fail($"{Turn!.Plan.Verb.ToWireName()}, step {step}: {reason}", output, offered, now), failed] : [failed];
    }

    private string Late(string? last) =>
        $"not done within {Turn!.Allowed.TotalSeconds:0.#} s{(last is null ? "" : $"; last: {last}")}";

    // Another transaction, perhaps our own from before a crash, is still at work.
    private static bool Busy(ShellOutcome.Completed done) =>
        done.Error.Contains("Transaction in progress", StringComparison.Ordinal) || done.Error.Contains("Could not get lock", StringComparison.Ordinal);

    private static string? BootedVersion(string json)
    {
        try
        {
            using var status = JsonDocument.Parse(json);
            return status.RootElement.GetProperty("deployments").EnumerateArray()
                .FirstOrDefault(d => d.TryGetProperty("booted", out var booted) && booted.ValueKind == JsonValueKind.True) is { ValueKind: JsonValueKind.Object } deployment
                && deployment.TryGetProperty("version", out var version)
                    ? version.GetString()
                    : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    // What is given up undoes what it can: a node that we cordoned is uncordoned when the host was not changed. A changed host that failed
    // may be broken, also when that was in an earlier turn; its node stays as it is, and the run says so.
    private static HostTurn Failing(HostTurn turn, HostEvent.TurnStepFailed e) => turn with
    {
        Problem = turn.Problem ?? new TurnProblem(e.Step, e.Reason, e.Output),
        Started = null,
        Since = e.At,
        Steps = turn is { Cordoned: true, LeftBefore: false, ChangedAt: null } && e.Step != TurnSteps.Uncordon
            ? [.. turn.Steps[..turn.Done], TurnSteps.Uncordon]
            : turn.Steps[..turn.Done],
    };

    private static HostTurn Starting(HostTurn turn, HostEvent.TurnStepStarted e) => turn with
    {
        Started = e.Step,
        Since = e.At,
        Boot = e.BootId ?? turn.Boot,
        ChangedAt = turn.ChangedAt ?? (TurnSteps.Changes(e.Step) ? e.At : null),
        Cordoned = turn.Cordoned || e.Step == TurnSteps.Cordon,
    };

    private static HostTurn Finishing(HostTurn turn, HostEvent.TurnStepFinished e) => turn with
    {
        Started = null,
        Done = turn.Done + 1,
        Since = e.At,
        Cordoned = turn.Cordoned && e.Step != TurnSteps.Uncordon,
    };

    private static HostTurn Without(HostTurn turn, Func<string, bool> falls) => turn with
    {
        Steps = [.. turn.Steps[..turn.Done], .. turn.Steps[turn.Done..].Where(s => !falls(s))],
    };
}
