using System.Diagnostics;
using Commissaire.Bootstrap;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>The settings of the installation that hosts need.</summary>
public sealed record HostSettings(BootstrapSettings Bootstrap, WatchSchedule Watch);

/// <summary>
/// The state of one host and every decision about it, without a clock, network or log. <see cref="Decide"/> turns a command into
/// events, <see cref="Evolve"/> applies an event, and <see cref="Work"/> returns the effects to perform now. Each concern has its own file.
/// </summary>
public sealed partial record HostState(HostAddress Address, HostSettings Settings)
{
    /// <summary>When <see cref="Status"/> last changed.</summary>
    public DateTimeOffset Since { get; private init; }

    /// <summary>The status of the host.</summary>
    public HostStatus Status => this switch
    {
        { Failure: not null } => HostStatus.Failed,
        { NeedsInvestigation: true } => HostStatus.Investigating,
        { Bootstrap: not { Complete: true } } => HostStatus.Bootstrapping,
        { Node: { Phase: NodePhase.Registered, Unusable: null } node } when node.Manager == Membership?.Manager => HostStatus.Active,
        _ => HostStatus.Disassociated,
    };

    /// <summary>Whether the host is not registered and leaves nothing to clean up.</summary>
    public bool Idle => Registration is null && Node is null && Departing.IsEmpty;

    /// <summary>Returns the events and the reply of a command. Repeating an accepted command causes no event.</summary>
    public Decision<HostEvent, HostReply> Decide(HostCommand command, DateTimeOffset now)
    {
        var (first, reply) = RouteReadable(OutsideText.Bounded(command), now);
        var events = ImmutableArray.CreateBuilder<HostEvent>();
        var state = this;
        foreach (var e in first)
        {
            events.Add(e);
            state = state.Evolve(e);
        }

        while (state.Next(now) is { } next)
        {
            events.Add(next);
            state = state.Evolve(next);
        }

        return new(events.ToImmutable(), reply?.Invoke(state));
    }

    /// <summary>Applies an event.</summary>
    public HostState Evolve(HostEvent e)
    {
        var next = EvolveRegistration(e) ?? EvolveContact(e) ?? EvolveBootstrap(e) ?? EvolveMembership(e) ?? EvolveNode(e) ?? EvolveTurn(e)
            ?? EvolveImages(e) ?? EvolveAdoption(e) ?? EvolveCredentials(e) ?? EvolveRelease(e) ?? EvolveRotation(e)
            ?? throw new UnreachableException($"Unknown event {e.GetType()}.");
        return next with
        {
            Since = next.Status == Status && Registration is not null ? Since : e.At,
            Activity = next.Activity.After(e),
        };
    }

    /// <summary>The effects that the state requires.</summary>
    public IEnumerable<HostEffect> Outstanding(DateTimeOffset now) =>
    [
        .. DepartureEffects(),
        .. Node is { Problem: null } ? NodeEffects() : [],
        .. ReportEffects(),
        .. TurnEffects(now),
        .. Registration is not null && Failure is null && TurnStep is null
            && CurrentWork is { } work and not HostEffect.RunCommand { Task: HostTask.Check }
            ? [work]
            : (HostEffect[])[],
    ];

    /// <summary>The effects to repeat at each round: the health check of a ready host, or else the work that failed.</summary>
    public IEnumerable<HostEffect> Due()
    {
        IEnumerable<HostEffect> work = Registration is null || TurnStep is not null ? []
            : Failure?.Offered is not null || FailedBeforePlan ? [Check]
            : CurrentWork is { } current ? [current]
            : [];
        return [.. Node is { Problem: not null } or { Join: not null } ? NodeEffects() : [], .. ReadinessEffects(), .. work];
    }

    /// <summary>The current work: investigation, bootstrap, then health checks. Null while the host waits for a message.</summary>
    private HostEffect? CurrentWork =>
        NeedsInvestigation || ImagesAreOld ? Investigate : Bootstrap is { Complete: true } ? Check : BootstrapEffect;

    // An exception would restart the actor, which would run the command again at once and read the same answer. A fault in reading is a
    // failure of this host instead, with a reason and the usual pauses.
    private Verdict RouteReadable(HostCommand command, DateTimeOffset now)
    {
        try
        {
            return Route(command, now);
        }
        catch (Exception e) when (command is CommandCompleted { Outcome: ShellOutcome.Completed })
        {
            return Route(Unreadable((CommandCompleted)command, e), now);
        }
    }

    private static CommandCompleted Unreadable(CommandCompleted command, Exception e) => command with
    {
        Outcome = new ShellOutcome.Unreadable(
            OutsideText.Start($"the answer of the host could not be read: {e.Message}", OutsideText.ReasonKept)),
    };

    private Verdict Route(HostCommand command, DateTimeOffset now) => command switch
    {
        Register c => OnRegister(c, now),
        Wake => NoReply,
        ConfirmDeparture c => OnConfirmDeparture(c, now),
        ClusterDeleted c => OnClusterDeleted(c, now),
        NodeReported c => OnNodeReported(c, now),
        ReadinessReported c => OnReadinessReported(c, now),
        _ when Registration is null =>
            command is Delete or Join or Leave or ReadCredentials or AcceptHostKey or ChangeCredentials or CredentialsTried or Release
                or FilesRestored or RotateKey or KeyRotated
                ? Refuse(HostRefusal.NotRegistered)
                : NoReply,
        NodeFound c => OnNodeFound(c, now),
        Delete c => OnDelete(c, now),
        Release c => OnRelease(c, now),
        FilesRestored c => OnFilesRestored(c, now),
        RotateKey c => OnRotateKey(c, now),
        KeyRotated c => OnKeyRotated(c, now),
        KeysRemoved c => OnKeysRemoved(c, now),
        ReadCredentials c => OnReadCredentials(c, now),
        AcceptHostKey c => OnAcceptHostKey(c, now),
        ChangeCredentials c => Refuse(HostRefusal.UnusableKey, c.Credential?.Problem),
        CredentialsTried c => OnCredentialsTried(c, now),
        Join c => OnJoin(c, now),
        Leave c => OnLeave(c, now),
        ConfirmMembership c => OnConfirmMembership(c, now),
        PlanBootstrap c => new(AwaitsPlan && Membership is null && Failure?.Offered is null ? Plan(c.Network, joins: false, now) : []),
        JoinPrepared c => OnJoinPrepared(c, now),
        BeginTurn c => new(OnBeginTurn(c, now)),
        TurnAcknowledged c => OnTurnAcknowledged(c, now),
        NodeStepReported c => new(OnNodeStepReported(c, now)),

        // Only a turn, which has a deadline, ends for a failure of the server itself.
        CommandCompleted { Outcome: ShellOutcome.NotTried, Task: not HostTask.TurnStep } => NoReply,
        CommandCompleted { Task: HostTask.Investigate } c => new(OnInvestigated(c.Outcome, now)),
        CommandCompleted { Task: HostTask.Check } c => new(OnChecked(c.Outcome, now)),
        CommandCompleted { Task: HostTask.BootstrapStep task } c => new(OnBootstrapStep(task.Step, c.Outcome, now)),
        CommandCompleted { Task: HostTask.TurnStep task } c => new(OnTurnStep(task, c.Outcome, now)),
        _ => throw new UnreachableException($"Unknown command {command.GetType()}."),
    };

    // The events that follow at once from the current state.
    private HostEvent? Next(DateTimeOffset now) =>
        NextNodeRemoval(now) ?? NextOfBootstrap(now) ?? NextNodeRegistration(now) ?? NextOfTurn(now);

    private static Verdict Then(HostEvent e) => new([e], state => new HostReply.Described(state.View()));

    private static Verdict Record(HostEvent e) => new([e]);

    private static Verdict Refuse(HostRefusal why, string? detail = null) => new([], _ => new HostReply.Refused(why, detail));

    private static Verdict Unchanged => new([], state => new HostReply.Described(state.View()));

    private static Verdict NoReply => new([]);

    private readonly record struct Verdict(ImmutableArray<HostEvent> Events, Func<HostState, HostReply>? Reply = null);
}
