using System.Collections.Immutable;
using System.Diagnostics;
using Commissaire.Bootstrap;
using Commissaire.Networks;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

public sealed partial record HostState
{
    /// <summary>What a command makes true, and what the one who sent it is told.</summary>
    /// <param name="command">The command. Repeating one that was accepted changes nothing.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="UnreachableException">The command is none that a host takes.</exception>
    public Decision<HostEvent, HostReply> Decide(HostCommand command, DateTimeOffset now)
    {
        var (first, reply) = Judge(command, now);
        var events = ImmutableArray.CreateBuilder<HostEvent>();
        var state = this;
        foreach (var happened in first)
        {
            events.Add(happened);
            state = state.Evolve(happened);
        }

        while ((state.Next(now) ?? state.NextOfTurn(now)) is { } next)
        {
            events.Add(next);
            state = state.Evolve(next);
        }

        return new(events.ToImmutable(), reply?.Invoke(state));
    }

    // One thing leads to another: what is true at once because of what is true now.
    private HostEvent? Next(DateTimeOffset now) => this switch
    {
        { Node: { Phase: not NodePhase.Removing } node } when node.Manager != Membership?.Manager => new HostEvent.NodeRemovalStarted(node.Manager, now),
        { Registration: null } or { Failure: not null } => null,
        { Bootstrap: { Started: null } b } when b.Done < b.Steps.Length => new HostEvent.BootstrapStepStarted(b.Steps[b.Done], now),
        { Bootstrap: { Started: null, Complete: false } } => new HostEvent.Bootstrapped(now),
        { Bootstrap.Complete: true, Node: null, Membership.Manager: { } manager } => new HostEvent.NodeRegistrationStarted(manager, now),
        _ => null,
    };

    private Verdict Judge(HostCommand command, DateTimeOffset now) => command switch
    {
        Register c => Registering(c, now),
        Wake or ConfirmDeparture or ClusterDeleted or NodeReported or ReadinessReported => Told(command, now),
        Leave when Registration is null => Refuse(HostRefusal.NotRegistered),
        Leave c => Membership?.Cluster == c.Cluster ? Then(new HostEvent.LeftCluster(c.Cluster, Evicted: false, now)) : Nothing,
        _ when Registration is null => command is Delete or Join or ReadCredentials or AcceptHostKey ? Refuse(HostRefusal.NotRegistered) : Silence,

        Delete => new(Membership is { } m ? [new HostEvent.LeftCluster(m.Cluster, Evicted: false, now), new HostEvent.Deleted(now)] : [new HostEvent.Deleted(now)],
            _ => new HostReply.Forgotten()),
        Join c => Joining(c, now),
        ReadCredentials c => new([new HostEvent.CredentialsRead(c.By, now)],
            state => new HostReply.Credentials(state.Registration!.SecretId, state.Registration.RemoteUser)),
        AcceptHostKey c => Accepting(c, now),

        ConfirmMembership c when Membership?.Cluster == c.Cluster && Membership != new Membership(c.Cluster, c.Manager, Confirmed: true) =>
            Note(new HostEvent.MembershipConfirmed(c.Cluster, c.Manager, now)),
        ConfirmMembership => Silence,
        RecordInvestigation c => NeedsInvestigation ? new(Investigated(c.Outcome, now)) : Silence,
        PlanBootstrap c => Planning(c, now),
        PlanJoin c => AwaitsJoin(c.Manager) ? Note(new HostEvent.BootstrapPlanned(NetworkDefinition.Default, c.Steps, now)) : Silence,
        RecordStep c => Bootstrap?.Started == c.Step ? new(StepEnded(c.Step, c.Outcome, now)) : Silence,
        RecordCheck c => new(Checked(c.Outcome, c.InARow, now)),
        BeginTurn c => new(Begin(c, now)),
        TurnAcknowledged c => Turn is { End: not null } t && (t.Run, t.Attempt) == (c.Run, c.Attempt) ? Note(new HostEvent.TurnAcknowledged(c.Run, c.Attempt, now)) : Silence,
        RecordTurnStep c => new(TurnStepEnded(c, now)),
        NodeStepReported c => new(NodeStepEnded(c, now)),
        _ => throw new UnreachableException($"A host does not know {command.GetType()}."),
    };

    // What others say to a host whether or not it is registered, and wait for no answer to.
    private Verdict Told(HostCommand command, DateTimeOffset now) => command switch
    {
        ConfirmDeparture c when Departing.Contains(c.Cluster) => Note(new HostEvent.DepartureConfirmed(c.Cluster, now)),
        ClusterDeleted c when Membership?.Cluster == c.Cluster => Note(new HostEvent.LeftCluster(c.Cluster, Evicted: true, now)),
        ReadinessReported c when Node is { Phase: NodePhase.Registered } node && node.Manager == c.Manager && TurnStep is null => c switch
        {
            { Usable: true } => node.Unusable is null ? Silence : Note(new HostEvent.NodeUsable(c.Manager, now)),
            _ => node.Unusable == c.Reason ? Silence : Note(new HostEvent.NodeUnusable(c.Manager, c.Reason, now)),
        },
        NodeReported { Registered: true, Problem: null } c when Node == new NodeRegistration(c.Manager, NodePhase.Registering, Node?.Problem) =>
            Note(new HostEvent.NodeRegistered(c.Manager, now)),
        NodeReported { Registered: false, Problem: null } c when Node == new NodeRegistration(c.Manager, NodePhase.Removing, Node?.Problem) =>
            Note(new HostEvent.NodeRemoved(c.Manager, now)),
        NodeReported { Problem: { } problem } c when Node?.Manager == c.Manager && Node.Problem != problem
            && Node.Phase == (c.Registered ? NodePhase.Registering : NodePhase.Removing) =>
            Note(new HostEvent.NodeProblem(c.Manager, problem, now)),
        _ => Silence,
    };

    private Verdict Registering(Register c, DateTimeOffset now) => Registration switch
    {
        null when c.Credential.Problem is { } problem => Refuse(HostRefusal.UnusableKey, problem),
        null => new(
            [new HostEvent.Registered(c.Port, c.RemoteUser, c.Credential.SecretId!, c.Credential.Digests[0], c.HostKey, c.Cluster, c.Source, now) { Trace = c.Trace }],
            state => new HostReply.Registered(state.View())),
        { KeyDigest: var digest } when !c.Credential.Digests.Contains(digest) => Refuse(HostRefusal.RegisteredWithAnotherKey),
        _ when c.Cluster is { } named && named != Membership?.Cluster => Refuse(HostRefusal.InAnotherCluster, Membership?.Cluster.Value),
        _ => Nothing,
    };

    private Verdict Joining(Join c, DateTimeOffset now) => this switch
    {
        _ when Membership?.Cluster == c.Cluster => Nothing,
        { Membership: { } other } => Refuse(HostRefusal.InAnotherCluster, other.Cluster.Value),
        { Status: HostStatus.Active or HostStatus.Disassociated } => Then(new HostEvent.JoinedCluster(c.Cluster, now)),
        _ => Refuse(HostRefusal.NotReadyToJoin, Status.ToWireName()),
    };

    private Verdict Accepting(AcceptHostKey c, DateTimeOffset now) => Failure?.Offered switch
    {
        { } offered when offered.Fingerprint == c.Fingerprint => new(
            Turn is { End: null } t
                ? [new HostEvent.TurnEnded(TurnOutcome.Failed, t.Started ?? "", "another host key was accepted meanwhile", "", t.Cordoned, now), new HostEvent.HostKeyTrusted(offered, c.By, now)]
                : [new HostEvent.HostKeyTrusted(offered, c.By, now)],
            state => new HostReply.Described(state.View())),
        null when HostKey?.Fingerprint == c.Fingerprint => Nothing,
        var offered => Refuse(HostRefusal.NotTheOfferedKey, offered?.Fingerprint),
    };

    private Verdict Planning(PlanBootstrap c, DateTimeOffset now) => this switch
    {
        { AwaitsNetwork: false } => Silence,
        _ when BootstrapSteps.Problem(c.Network) is { } problem => new(Fail(problem, "", null, now)),
        _ => Note(new HostEvent.BootstrapPlanned(c.Network, c.Steps, now)),
    };

    private static Verdict Then(HostEvent happened) => new([happened], state => new HostReply.Described(state.View()));

    private static Verdict Note(HostEvent happened) => new([happened]);

    private static Verdict Refuse(HostRefusal why, string? detail = null) => new([], _ => new HostReply.Refused(why, detail));

    private static Verdict Nothing => new([], state => new HostReply.Described(state.View()));

    private static Verdict Silence => new([]);

    private readonly record struct Verdict(ImmutableArray<HostEvent> Events, Func<HostState, HostReply>? Reply = null);
}
