using Commissaire.Bootstrap;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

// How a message changes the pace of work: when the next command may run, and what is tried again.
public sealed partial record HostState
{
    private DateTimeOffset StepPause(DateTimeOffset now) => now + WatchSchedule.WithinStep(now - (Turn?.Since ?? now), Jitter(now));

    private HostActivity AfterMessage(HostCommand command, DateTimeOffset now) => command switch
    {
        CommandCompleted { Task: HostTask.TurnStep task } c => AfterTurnStep(task, c.Outcome, now) with
        {
            Running = null,
            StepRetryAt = task.Step == TurnStep ? Later(StepPause(now), RetryAfterLogin(c, now)) : null,
            CommandRetryAt = RetryAfterLogin(c, now),
        },
        CommandCompleted { Outcome: ShellOutcome.NotTried failure } => Activity with
        {
            Running = null,
            NotTried = failure.Reason,
            JoinSecret = null,
            LastRound = now,
            FirstRound = null,
            CommandRetryAt = now + Settings.Watch.Retry,
        },
        CommandCompleted { Task: HostTask.BootstrapStep, Outcome: ShellOutcome.Completed busy } c when IsAwaited(busy, now) =>
            Contact(c.Outcome, now) with
            {
                Running = null,
                JoinSecret = null,
                StepProgress = BusyWith(busy),
                CommandRetryAt = now + WatchSchedule.WithinStep(now - Bootstrap!.StartedAt, Jitter(now)),
            },
        CommandCompleted c => Contact(c.Outcome, now) with
        {
            Running = null,
            JoinSecret = null,
            StepProgress = "",
            LastRound = now,
            FirstRound = null,
            MissesInARow = IsSuccess(c) ? 0 : BeginsToAnswer(c.Outcome) ? 1 : Activity.MissesInARow + 1,
            CommandRetryAt = RetryAfterLogin(c, now),
        },
        JoinPrepared { Problem: not null } =>
            Activity with { LastRound = now, FirstRound = null, MissesInARow = Activity.MissesInARow + 1 },
        JoinPrepared c when Bootstrap?.Started == KubeadmSteps.Join => Activity with { JoinSecret = c.SecretId },
        NodeStepReported c when c.Step == TurnStep && c.Run == Turn!.Run =>
            Activity with { StepProgress = c.Done ? "" : c.Detail, StepRetryAt = StepPause(now) },
        NodeFound c when MustFindNode => Activity with { StepProgress = c.Problem ?? "" },
        NodeReported { Problem: null } => Activity with { RefusalsInARow = 0, NodeRetryAt = null },
        NodeReported c when c.Manager == Node?.Manager => Activity with
        {
            RefusalsInARow = Activity.RefusalsInARow + 1,
            NodeRetryAt = now + Settings.Watch.AfterRefusals(Activity.RefusalsInARow + 1, Jitter(now)),
        },
        _ => Activity,
    };

    private static string BusyWith(ShellOutcome outcome) =>
        outcome is ShellOutcome.Completed done && PackageLock.Holder(done) is { } holder ? holder : "";

    private HostActivity Contact(ShellOutcome outcome, DateTimeOffset now) => Activity with
    {
        LastCheck = outcome is ShellOutcome.Completed && Registration is not null ? now : Activity.LastCheck,
        NotTried = (outcome as ShellOutcome.NotTried)?.Reason,
        Silent = IsSilent(outcome),
    };

    // A machine that starts refuses connections before its sshd runs. The pauses have grown while it was silent.
    private bool BeginsToAnswer(ShellOutcome outcome) => Failure is not null && Activity.Silent && !IsSilent(outcome);

    private static bool IsSilent(ShellOutcome outcome) => outcome is ShellOutcome.Unreachable { IsRunning: false };

    // sshd penalizes an address whose logins fail. A host that may be rebooting often rejects logins of users other than root for a moment.
    // A step is tried once more at its deadline, which only an outcome ends.
    private DateTimeOffset? RetryAfterLogin(CommandCompleted c, DateTimeOffset now) =>
        LoginPause(c, now) is { } pause ? c.Task is HostTask.TurnStep && Turn?.Deadline < pause ? Turn.Deadline : pause : null;

    private DateTimeOffset? LoginPause(CommandCompleted c, DateTimeOffset now) => (c.Outcome, c.Task) switch
    {
        (ShellOutcome.AuthenticationFailed, HostTask.TurnStep { Step: TurnSteps.WaitForReboot }) => now + WatchSchedule.AfterRejectedLogin,
        (ShellOutcome.AuthenticationFailed, _) => now + Settings.Watch.Interval,
        (ShellOutcome.RefusedForNow, not HostTask.TurnStep { Step: TurnSteps.WaitForReboot }) =>
            now + Settings.Watch.AfterRefusedConnection,
        _ => null,
    };

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset? b) => b > a ? b.Value : a;

    private static bool IsSuccess(CommandCompleted c) => c.Outcome is ShellOutcome.Completed { ExitCode: 0 } done
        && (c.Task is not HostTask.Check || Investigation.BootId(done.Output) is not null);

    // A number in [0, 1) that differs between hosts and between moments, and is the same in each replay (FNV-1a).
    private double Jitter(DateTimeOffset moment)
    {
        var hash = 2166136261u;
        foreach (var c in Address.Value)
        {
            hash = (hash ^ c) * 16777619u;
        }

        hash = (hash ^ (uint)moment.Ticks) * 16777619u;
        return (hash ^ (hash >> 15)) / (uint.MaxValue + 1.0);
    }
}
