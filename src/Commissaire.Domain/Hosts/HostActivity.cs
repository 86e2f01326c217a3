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

    /// <summary>When the host was last told to reboot; null if this process did not.</summary>
    internal DateTimeOffset? RebootSentAt { get; init; }

    /// <summary>Why the host refused to reboot when it was last told; null if it did not refuse.</summary>
    internal string? RebootRefusal { get; init; }

    /// <summary>Whether the host last answered from the boot that it should leave, and was not shutting down.</summary>
    internal bool SawOldBoot { get; init; }

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

    /// <summary>Whether the key of the host is being replaced.</summary>
    internal bool IsRotating { get; init; }

    /// <summary>When this process last tried to remove old keys from the host.</summary>
    internal DateTimeOffset KeysTriedAt { get; init; }

    /// <summary>The activity after an event.</summary>
    internal HostActivity After(HostEvent e) => this with
    {
        IsRotating = e is HostEvent.KeyRotationStarted || (IsRotating && e is not HostEvent.Deleted),
        RebootSentAt = e is HostEvent.TurnBegan ? null : RebootSentAt,
        RebootRefusal = e is HostEvent.TurnBegan ? null : RebootRefusal,
        SawOldBoot = SawOldBoot && e is not HostEvent.TurnBegan,
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
    public HostState ApplyMessage(HostCommand command, DateTimeOffset now)
    {
        try
        {
            return this with { Activity = AfterMessage(OutsideText.Bounded(command), now) };
        }
        catch (Exception e) when (command is CommandCompleted { Outcome: ShellOutcome.Completed })
        {
            return this with { Activity = AfterMessage(Unreadable((CommandCompleted)command, e), now) };
        }
    }

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
}
