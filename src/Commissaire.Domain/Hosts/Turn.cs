using Commissaire.ContainerManagers;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

// The host's turn in a run: its steps, and the events of each outcome.
public sealed partial record HostState
{
    /// <summary>The host's turn in a run; null when it has none.</summary>
    public HostTurn? Turn { get; private init; }

    /// <summary>The last turn that its run acknowledged; null for none.</summary>
    public LastTurn? LastTurn { get; private init; }

    /// <summary>The step of the turn that is in progress; null for none.</summary>
    public string? TurnStep => Turn is { End: null, Started: { } step } ? step : null;

    private IEnumerable<HostEffect> TurnEffects(DateTimeOffset now)
    {
        if (Turn is { } turn)
        {
            yield return ReportOf(turn);
            if (TurnStep is { } step)
            {
                if (!TurnSteps.OfNode(step))
                {
                    yield return TurnCommand(turn, step, now);
                }
                else if (Node is { } node)
                {
                    var force = step == TurnSteps.Drain && turn.Plan.OnDrainTimeout == DrainTimeoutPolicy.Force
                        && turn.Since + turn.Plan.DrainTimeout <= now;
                    yield return new HostEffect.Send(
                        new ContainerManagerCommand.TakeNodeStep(node.Manager, Address, turn.Run, step, force, Facts!.BootId, turn.Since)
                        {
                            ForceGrace = force ? turn.Plan.ForceGrace : null,
                        });
                }
            }
        }
    }

    private HostEffect.RunCommand TurnCommand(HostTurn turn, string step, DateTimeOffset now)
    {
        var again = step == TurnSteps.WaitForReboot && MustRebootAgain(turn, now);
        var longest = again || step == TurnSteps.Reboot ? WatchSchedule.RebootDeadline
            : step == TurnSteps.WaitForReboot ? WatchSchedule.WaitForRebootDeadline
            : TimeSpan.MaxValue;
        var left = TimeSpan.FromTicks(Math.Clamp((turn.Deadline - now).Ticks, TimeSpan.TicksPerSecond, longest.Ticks));
        var command = CommandOf(turn, again ? TurnSteps.Reboot : step);
        return new(new HostTask.TurnStep(turn.Run, step) { RebootsAgain = again }, command with { Interactive = true }, left);
    }

    private HostEffect.Send ReportOf(HostTurn turn) => new HostEffect.Send(new RunCommand.ReportTurn(
        turn.Run, Address, turn.Attempt, turn.Report() with { Detail = Activity.StepProgress.Length > 0 ? Activity.StepProgress : null }));

    private bool WasLeftCordonedBy(RunId run) => LastTurn is { LeftCordoned: true } last && last.Run == run;

    private Verdict OnTurnAcknowledged(TurnAcknowledged c, DateTimeOffset now) =>
        Turn is { End: not null } turn && turn.Run == c.Run
            && turn.Attempt == c.Attempt ? Record(new HostEvent.TurnAcknowledged(c.Run, c.Attempt, now)) : NoReply;

    private ImmutableArray<HostEvent> EndTurnForNewKey(DateTimeOffset now) => Turn is { End: null } turn
        ? [new HostEvent.TurnEnded(TurnOutcome.Failed, turn.Started
            ?? "", "another host key was accepted during the turn", "", turn.Cordoned, now)]
        : [];

    // Starts the next step, or ends the turn. A node step without a container manager ends here.
    private HostEvent? NextOfTurn(DateTimeOffset now) => Turn switch
    {
        { End: null, Started: null } t when t.Done < t.Steps.Length =>
            new HostEvent.TurnStepStarted(t.Steps[t.Done], t.Steps[t.Done] == TurnSteps.Reboot ? Facts!.BootId : null, now),
        { End: null, Started: null, Problem: { } p } t =>
            new HostEvent.TurnEnded(TurnOutcome.Failed, p.Step, p.Reason, p.Output, t.Cordoned, now),
        { End: null, Started: null } t =>
            new HostEvent.TurnEnded(TurnOutcome.Succeeded, "", t.Notes ?? "", "", LeftCordoned: false, now),
        { End: null, Started: { } step } t when TurnSteps.OfNode(step) => NextOfNodeStep(t, step, now),
        _ => null,
    };

    private HostEvent? NextOfNodeStep(HostTurn turn, string step, DateTimeOffset now) =>
        Node is null && step == TurnSteps.Uncordon ? new HostEvent.TurnStepFinished(step, "the node does not exist", now)
        : Node is null && now >= turn.Deadline ? TurnFails(step, Late("the node does not exist"), "", null, now)[0]
        : now >= turn.Deadline + WatchSchedule.InTurn ? TurnFails(step, Late("the container manager did not answer"), "", null, now)[0]
        : null;

    private ImmutableArray<HostEvent> OnTurnStep(HostTask.TurnStep task, ShellOutcome outcome, DateTimeOffset now)
    {
        if (TurnStep != task.Step || Turn!.Run != task.Run)
        {
            return [];
        }

        return outcome switch
        {
            _ when task.Step == TurnSteps.Reboot => OnReboot(outcome, now),
            _ when task.RebootsAgain => [],
            _ when task.Step == TurnSteps.WaitForReboot => OnRebootLook(outcome, now),
            ShellOutcome.Completed { ExitCode: 0 } done => OnStepSucceeded(task.Step, done, now),
            ShellOutcome.Completed done when PackageLock.Holder(done) is not null && now < Turn.Deadline => [],
            ShellOutcome.Completed or ShellOutcome.HostKeyChanged or ShellOutcome.NoCredentials or ShellOutcome.TooMuchOutput
                or ShellOutcome.NotRoot or ShellOutcome.Unreadable =>
                TurnFails(task.Step, Explain(outcome), Tail(outcome), Offered(outcome), now),
            ShellOutcome.TimedOut when TurnSteps.Changes(task.Step) || task.Step == TurnSteps.Stage =>
                TurnFails(task.Step, Late(null), Tail(outcome), null, now),

            // Refused, reset, dropped or not authenticated: the host may be rebooting. The step is tried again until its deadline.
            var trouble => now < Turn.Deadline ? [] : TurnFails(task.Step, Late(Explain(trouble)), Tail(trouble), null, now),
        };
    }

    private ImmutableArray<HostEvent> OnStepSucceeded(string step, ShellOutcome.Completed done, DateTimeOffset now)
    {
        var finished = new HostEvent.TurnStepFinished(step, TurnSteps.Changes(step) ? Tail(done) : "", now);
        switch (step)
        {
            case TurnSteps.Preflight:
                return Investigation.BootId(done.Output) is { } found
                    ? [.. Answered(found, now), finished, .. AlreadyRebooted(found, now)]
                    : TurnFails(step, Explain(done), Tail(done), null, now);
            case TurnSteps.Upgrade:
                return OnUpgraded(step, done, now);
            case TurnSteps.Stage:
                return OnStaged(done, now);
            case TurnSteps.RebootNeeded:
                return OnRebootAnswer(step, done, now);
            case TurnSteps.BootedVersion:
                return OnBootedStatus(done, now);
            case TurnSteps.RollbackCheck:
                return OnRollbackChecked(done, now);
            case TurnSteps.RolledBack:
                return OnRolledBack(done, now);
            default:
                return [finished];
        }
    }

    private ImmutableArray<HostEvent> OnNodeStepReported(NodeStepReported c, DateTimeOffset now) => c switch
    {
        _ when TurnStep != c.Step || Turn!.Run != c.Run || Node?.Manager != c.Manager => [],
        { Done: true, CordonedByOthers: true } =>
            [new HostEvent.TurnStepFinished(c.Step, c.Detail, now), new HostEvent.TurnFoundCordon(now)],
        { Done: true } => [new HostEvent.TurnStepFinished(c.Step, c.Detail, now)],
        { Failure: { } failure } => TurnFails(c.Step, failure, "", null, now),
        _ => now >= Turn.Deadline ? TurnFails(c.Step, Late(c.Detail), "", null, now) : [],
    };

    // A host that fails a step that runs on it, or whose node does not become ready, is failed until a health check passes. A failed
    // cordon or drain does not change the status of the host.
    private ImmutableArray<HostEvent> TurnFails(
        string step, string reason, string output, HostKey? offered, DateTimeOffset now, bool unchanged = false)
    {
        var failed = new HostEvent.TurnStepFailed(step, reason, output, now) { Unchanged = unchanged };
        return TurnSteps.FailsHost(step) && !unchanged
            ? [.. Fail($"{Turn!.Plan.Verb.ToWireName()}, step {step}: {reason}", output, offered, now), failed]
            : [failed];
    }

    private string Late(string? last) => $"not done within {Turn!.Allowed.TotalSeconds:0.#} s{(last is null ? "" : $"; last: {last}")}";

    private HostState? EvolveTurn(HostEvent e) => e switch
    {
        HostEvent.TurnBegan b => this with
        {
            Turn = new HostTurn(b.Run, b.Attempt, b.Plan, b.Steps)
            {
                Began = b.At,
                Since = b.At,
                Cordoned = WasLeftCordonedBy(b.Run),
                LeftBefore = WasLeftCordonedBy(b.Run),
                EarlierBoot = LastTurn is { } last && last.Run == b.Run ? last.LeftBoot : null,
                Target = LastTurn is { LeftBoot: not null } left && left.Run == b.Run ? left.Target : null,
                Previous = LastTurn is { LeftBoot: not null } before && before.Run == b.Run ? before.Previous : null,
                Digest = b.Digest,
                Trace = b.Trace,
            },
        },
        HostEvent.TurnStepStarted s => this with { Turn = Turn!.After(s) },
        HostEvent.TurnStepFinished f => this with
        {
            Turn = f.Step == TurnSteps.Stage
                ? Turn!.After(f) with { Target = Facts?.Images?.Next, Previous = Facts?.Images?.Booted }
                : Turn!.After(f),
        },
        HostEvent.TurnStepFailed f => this with { Turn = Turn!.After(f) },
        HostEvent.TurnRolledBack r => this with { Turn = Turn!.After(r) },
        HostEvent.TurnAlreadyRebooted => this with { Turn = Turn!.Without(TurnSteps.UpToReboot) with { Boot = Turn.EarlierBoot } },
        HostEvent.TurnRebootNotNeeded n => this with { Turn = Turn!.After(n) },
        HostEvent.TurnFoundCordon => this with { Turn = Turn!.Without(step => step == TurnSteps.Uncordon) with { Cordoned = false } },
        HostEvent.TurnEnded n => this with
        {
            Turn = Turn!.After(n, TurnSteps.FailsHost(n.Step) && Turn.Problem is not { Unchanged: true } ? Failures : null),
        },
        HostEvent.TurnAcknowledged a => this with
        {
            Turn = null,
            LastTurn = new LastTurn(a.Run, a.Attempt, Turn?.End is { LeftCordoned: true }, Turn is null ? null : BootToLeave(Turn))
            {
                Target = Turn?.Target,
                Previous = Turn?.Previous,
            },
        },
        _ => null,
    };

    private static HistoryLine? DescribeTurn(HostEvent e) => e switch
    {
        HostEvent.TurnBegan b => new("turn-began",
            $"{b.Plan.Verb.ToWireName()} (run {b.Run.Number}): {(b.Steps.IsEmpty ? "turn began" : string.Join(", ", b.Steps))}"),
        HostEvent.TurnStepStarted s => new("turn-step-started", $"started {s.Step}{(s.BootId is null ? "" : $" in boot {s.BootId}")}"),
        HostEvent.TurnStepFinished f =>
            new("turn-step-finished", $"finished {f.Step}{(f.Summary is null ? "" : $": {f.Summary}")}", f.Output),
        HostEvent.TurnStepFailed f => new("turn-step-failed", $"{f.Step}: {f.Reason}", f.Output),
        HostEvent.TurnRolledBack r => new("turn-rolled-back", $"the host runs its previous image again: {r.Image.Pinned}"),
        HostEvent.TurnAlreadyRebooted => new("turn-already-rebooted", "the host rebooted after an earlier turn in this run told it to"),
        HostEvent.TurnRebootNotNeeded n => new("turn-reboot-not-needed", n.Text),
        HostEvent.TurnFoundCordon => new("turn-found-cordon", "the node was already cordoned, and stays cordoned"),
        HostEvent.TurnEnded n => new("turn-ended", n.Outcome switch
        {
            TurnOutcome.Succeeded => $"turn succeeded{(n.Reason.Length > 0 ? $": {n.Reason}" : "")}",
            TurnOutcome.Skipped => $"skipped: {n.Reason}{(n.LeftCordoned ? "; an earlier turn left its node cordoned" : "")}",
            _ => $"turn failed in step {n.Step}: {n.Reason}{(n.LeftCordoned ? "; its node was left cordoned" : "")}",
        }, n.Output),
        HostEvent.TurnAcknowledged a => new("turn-acknowledged", $"run {a.Run.Number} acknowledged the end of the turn"),
        _ => null,
    };
}
