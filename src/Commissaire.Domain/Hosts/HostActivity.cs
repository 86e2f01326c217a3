using Commissaire.Bootstrap;
using Commissaire.ContainerManagers;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>What this process did for a host since the actor started. It is not journalled: a restart repeats everything.</summary>
public sealed record HostActivity
{
    /// <summary>The task whose command runs on the host now; null for none.</summary>
    public HostTask? Running { get; init; }

    /// <summary>When the host was last in contact; after a restart, the time of the last event that needed contact.</summary>
    public DateTimeOffset LastCheck { get; init; }

    /// <summary>How many commands outside of turns failed since one succeeded.</summary>
    public int MissesInARow { get; init; }

    /// <summary>The reason why the current step of the turn waits; empty if none was reported.</summary>
    public string StepProgress { get; init; } = "";

    /// <summary>The id of the configuration to join with in the secret store; null when none is prepared.</summary>
    internal string? JoinSecret { get; init; }

    internal ImmutableHashSet<HostEffect> Sent { get; init; } = [];

    internal DateTimeOffset LastRound { get; init; }

    internal DateTimeOffset? FirstRound { get; init; }

    internal DateTimeOffset? StepRetryAt { get; init; }

    internal DateTimeOffset? NodeRetryAt { get; init; }

    internal DateTimeOffset? CommandRetryAt { get; init; }

    /// <summary>Why this process could not try to contact the host the last time; null if it could.</summary>
    internal string? NotTried { get; init; }

    /// <summary>Whether nothing answered at the host's address the last time.</summary>
    internal bool Silent { get; init; }

    internal int RefusalsInARow { get; init; }

    /// <summary>The activity after an event.</summary>
    internal HostActivity After(HostEvent e) => this with
    {
        StepProgress = "",
        StepRetryAt = null,
        LastCheck = NeedsContact(e) ? e.At : LastCheck,
        MissesInARow = e is HostEvent.Failed ? Math.Max(1, MissesInARow) : MissesInARow,
    };

    /// <summary>The activity after an effect started; null if the effect must wait, or started before.</summary>
    internal HostActivity? Hand(HostEffect effect, DateTimeOffset stepRetryAt, DateTimeOffset now) => effect switch
    {
        HostEffect.RunCommand { Task: HostTask.TurnStep } when StepRetryAt > now => null,
        HostEffect.RunCommand or HostEffect.RunJoin when Running is not null || CommandRetryAt > now => null,
        HostEffect.RunCommand run => this with { Running = run.Task, StepRetryAt = null, CommandRetryAt = null },
        HostEffect.RunJoin => this with { Running = new HostTask.BootstrapStep(KubeadmSteps.Join), CommandRetryAt = null },
        HostEffect.Send { Message: ContainerManagerCommand.TakeNodeStep } =>
            StepRetryAt > now ? null : this with { StepRetryAt = stepRetryAt },
        _ => Sent.Contains(effect) ? null : this with { Sent = Sent.Add(effect) },
    };

    // Registration counts, so that the time is never empty.
    private static bool NeedsContact(HostEvent e) =>
        e is HostEvent.Registered or HostEvent.Investigated or HostEvent.BootstrapStepFinished or HostEvent.Recovered or HostEvent.Rebooted;
}

// When the effects of the state are performed, repeated and retried.
public sealed partial record HostState
{
    /// <summary>What this process has done for the host.</summary>
    public HostActivity Activity { get; private init; } = new();

    /// <summary>When <see cref="Work"/> is due even if no message arrives.</summary>
    public DateTimeOffset NextMoment => new[]
    {
        NextRound,
        TurnStep is { } step && (Activity.Running is null || TurnSteps.OfNode(step)) ? Activity.StepRetryAt ?? NextRound : NextRound,
        Activity.NodeRetryAt ?? NextRound,
        Activity.CommandRetryAt ?? NextRound,
    }.Min();

    private DateTimeOffset NextRound
    {
        get
        {
            var round = Activity.FirstRound
                ?? Activity.LastRound + Settings.Watch.Pause(Status, Activity.MissesInARow, Turn is not null, Jitter(Activity.LastRound));
            return Turn is null ? Later(round, Activity.CommandRetryAt) : round;
        }
    }

    /// <summary>The host after recovery. Its first round is spread over the interval, so that hosts are not checked all at once.</summary>
    public HostState Resumed(DateTimeOffset now) => this with
    {
        Activity = new HostActivity
        {
            LastCheck = Activity.LastCheck,
            LastRound = now,
            FirstRound = now + Settings.Watch.FirstPause(Status, Jitter(now))
        },
    };

    /// <summary>The host without its running command, whose outcome is ignored.</summary>
    public HostState CommandCancelled() => this with { Activity = Activity with { Running = null, JoinSecret = null } };

    /// <summary>
    /// Whether to ignore the outcome of the running command. Of the steps of a bootstrap only a join is: to break off the installation of
    /// packages would do more harm than to let it end.
    /// </summary>
    public bool IsObsolete(HostTask task) =>
        Registration is null
        || (task is HostTask.TurnStep turn && (turn.Step != TurnStep || turn.Run != Turn!.Run))
        || (task is HostTask.BootstrapStep { Step: KubeadmSteps.Join } && Bootstrap?.Started != KubeadmSteps.Join);

    /// <summary>The host after a message, before <see cref="Decide"/>: how the message changes the pace of work.</summary>
    public HostState ApplyMessage(HostCommand command, DateTimeOffset now) =>
        this with { Activity = AfterMessage(OutsideText.Bounded(command), now) };

    /// <summary>The effects to perform now, and the host after they started.</summary>
    public (HostState State, ImmutableArray<HostEffect> Effects) Work(DateTimeOffset now)
    {
        var round = now >= NextRound;
        var outstanding = Outstanding(now).ToList();
        var repeated = round ? Due() : Activity.NodeRetryAt <= now && Node?.Problem is not null ? NodeEffects() : [];
        var activity = Activity with
        {
            Sent = round ? [] : Activity.Sent.Intersect(outstanding),
            LastRound = round ? now : Activity.LastRound,
            FirstRound = round ? null : Activity.FirstRound,
            NodeRetryAt = round || Activity.NodeRetryAt <= now ? null : Activity.NodeRetryAt,

            // Without a command to run, the moment that has passed would wake the host again and again.
            CommandRetryAt = Activity.CommandRetryAt <= now ? null : Activity.CommandRetryAt,
        };
        var effects = ImmutableArray.CreateBuilder<HostEffect>();
        foreach (var effect in outstanding.Concat(repeated))
        {
            if (activity.Hand(effect, StepPause(now), now) is { } next)
            {
                activity = next;
                effects.Add(effect);
            }
        }

        return (this with { Activity = activity }, effects.ToImmutable());
    }

    private DateTimeOffset StepPause(DateTimeOffset now) => now + WatchSchedule.WithinStep(now - (Turn?.Since ?? now), Jitter(now));

    private HostActivity AfterMessage(HostCommand command, DateTimeOffset now) => command switch
    {
        CommandCompleted { Task: HostTask.TurnStep task } c => Contact(c.Outcome, now) with
        {
            Running = null,
            StepRetryAt = task.Step == TurnStep ? Later(StepPause(now), Patience(c, now)) : null,
            CommandRetryAt = Patience(c, now),
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
        CommandCompleted c => Contact(c.Outcome, now) with
        {
            Running = null,
            JoinSecret = null,
            LastRound = now,
            FirstRound = null,
            MissesInARow = IsSuccess(c) ? 0 : BeginsToAnswer(c.Outcome) ? 1 : Activity.MissesInARow + 1,
            CommandRetryAt = Patience(c, now),
        },
        JoinPrepared { Problem: not null } =>
            Activity with { LastRound = now, FirstRound = null, MissesInARow = Activity.MissesInARow + 1 },
        JoinPrepared c when Bootstrap?.Started == KubeadmSteps.Join => Activity with { JoinSecret = c.SecretId },
        NodeStepReported c when c.Step == TurnStep && c.Run == Turn!.Run =>
            Activity with { StepProgress = c.Done ? "" : c.Detail, StepRetryAt = StepPause(now) },
        NodeReported { Problem: null } => Activity with { RefusalsInARow = 0, NodeRetryAt = null },
        NodeReported c when c.Manager == Node?.Manager => Activity with
        {
            RefusalsInARow = Activity.RefusalsInARow + 1,
            NodeRetryAt = now + Settings.Watch.AfterRefusals(Activity.RefusalsInARow + 1, Jitter(now)),
        },
        _ => Activity,
    };

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
    private DateTimeOffset? Patience(CommandCompleted c, DateTimeOffset now) => (c.Outcome, c.Task) switch
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
