using Commissaire.Shell;

namespace Commissaire.Hosts;

// The reboot in a turn. Until the deadline, only a finished new boot is an answer: a host that reboots refuses, resets, keeps silent, shows
// another key in its initial RAM disk, or lets nobody log in. Whatever the command to reboot answered, the host may have obeyed.
public sealed partial record HostState
{
    private bool MustRebootAgain(HostTurn turn, DateTimeOffset now) =>
        Activity.SawOldBoot && turn.Boot is not null && now < turn.Deadline
        && (Activity.RebootSentAt ?? turn.Since) + WatchSchedule.RebootRepeat <= now;

    private ImmutableArray<HostEvent> OnReboot(ShellOutcome outcome, DateTimeOffset now) => outcome switch
    {
        ShellOutcome.Completed or ShellOutcome.Interrupted or ShellOutcome.TimedOut or ShellOutcome.Unrecognized
            or ShellOutcome.TooMuchOutput => [new HostEvent.TurnStepFinished(TurnSteps.Reboot, Tail(outcome), now)],
        ShellOutcome.NotRoot or ShellOutcome.NoCredentials or ShellOutcome.HostKeyChanged => RebootFails(Explain(outcome), outcome, now),

        // The command did not run.
        _ => now < Turn!.Deadline ? [] : RebootFails(Late(Explain(outcome)), outcome, now),
    };

    private ImmutableArray<HostEvent> RebootFails(string reason, ShellOutcome outcome, DateTimeOffset now) =>
        TurnFails(TurnSteps.Reboot, reason, Tail(outcome), Offered(outcome), now, outcome is ShellOutcome.NotRoot && IsUnchangedByNow);

    private ImmutableArray<HostEvent> OnRebootLook(ShellOutcome outcome, DateTimeOffset now)
    {
        var look = ReadLook(outcome);
        if (look is { Finished: true } && look.Boot != Turn!.Boot)
        {
            return
            [
                .. Answered(look.Boot, now), new HostEvent.TurnStepFinished(TurnSteps.WaitForReboot, look.DescribeFinished(), now),
            ];
        }

        if (outcome is ShellOutcome.NoCredentials)
        {
            return TurnFails(TurnSteps.WaitForReboot, Explain(outcome), "", null, now);
        }

        var unchanged = look is { Stopping: false } && look.Boot == Turn!.Boot && Activity.RebootRefusal is not null && IsUnchangedByNow;
        return now < Turn!.Deadline
            ? []
            : TurnFails(TurnSteps.WaitForReboot, Late(Activity.StepProgress), Tail(outcome), Offered(outcome), now, unchanged);
    }

    // Only a reboot changes a host in a restart, or one that staged its image.
    private bool IsUnchangedByNow => Turn!.Plan.Verb == RunVerb.Restart || (Turn.Steps.Contains(TurnSteps.Stage) && !Turn.RollsBack);

    private HostActivity AfterTurnStep(HostTask.TurnStep task, ShellOutcome outcome, DateTimeOffset now)
    {
        var activity = Contact(outcome, now);
        return task switch
        {
            _ when task.Run != Turn?.Run => activity,
            { Step: TurnSteps.Reboot } or { RebootsAgain: true } => activity with
            {
                RebootSentAt = now,
                SawOldBoot = false,
                RebootRefusal = outcome is ShellOutcome.Completed { ExitCode: not 0 } or ShellOutcome.NotRoot ? Refusal(outcome) : null,
            },
            { Step: TurnSteps.WaitForReboot } => activity with
            {
                StepProgress = LastSeen(outcome, now),
                SawOldBoot = ReadLook(outcome) is { Stopping: false } look && look.Boot == Turn!.Boot,
            },
            _ => activity with { StepProgress = BusyWith(outcome) },
        };
    }

    // Near the deadline, a time-out says only that little time was left: what was seen before it says more.
    private string LastSeen(ShellOutcome outcome, DateTimeOffset now) => ReadLook(outcome) switch
    {
        { } look when look.Boot == Turn!.Boot =>
            look.DescribeOldBoot(now) + (Activity.RebootRefusal is { } refusal ? $"; it refused to reboot: {refusal}" : ""),
        { } look => look.DescribeUnfinished(),
        null when outcome is ShellOutcome.TimedOut or ShellOutcome.NotTried && Activity.StepProgress.Length > 0 => Activity.StepProgress,
        null => Explain(outcome),
    };

    private static RebootLook? ReadLook(ShellOutcome outcome) =>
        outcome is ShellOutcome.Completed { ExitCode: 0 } done ? RebootLook.Read(done.Output) : null;

    // systemctl(1) names the holder of an inhibitor lock in the first line.
    private string Refusal(ShellOutcome outcome) => outcome is ShellOutcome.Completed done && FirstLine(done.Error) is { Length: > 0 } line
        ? OutsideText.Start(line, LineKept)
        : Explain(outcome);

    private ImmutableArray<HostEvent> AlreadyRebooted(string boot, DateTimeOffset now) =>
        Turn!.EarlierBoot is { } left && left != boot ? [new HostEvent.TurnAlreadyRebooted(now)] : [];

    // A retry does the whole turn again for a host that came back with another version than the deployed one, or was rolled back.
    private static string? BootToLeave(HostTurn turn) =>
        turn.Problem is { Step: not TurnSteps.BootedVersion } && !turn.RollsBack ? turn.Boot ?? turn.EarlierBoot : null;
}
