using Commissaire.Bootstrap;
using Commissaire.ContainerManagers;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>A host's node in a container manager: why it could not be added or removed, or why it cannot carry work.</summary>
public sealed record NodeLink(ResourceName Manager, NodePhase Phase, string? Problem = null, string? Unusable = null)
{
    /// <summary>The join that the host left unfinished, which may still make it a node; null for none.</summary>
    public UnfinishedJoin? Join { get; init; }

    /// <summary>
    /// Whether the node stays when the host leaves its cluster, and only loses the labels and annotations of Commissaire: it is that of an
    /// adopted host, or the operator said so.
    /// </summary>
    public bool Stays { get; init; }
}

/// <summary>What an operator wants for the nodes of hosts that leave, in place of what suits each host.</summary>
public enum NodeDisposal
{
    /// <summary>Keep the node, and take off the labels and annotations of Commissaire.</summary>
    Keep,

    /// <summary>Remove the node.</summary>
    Remove,
}

/// <summary>What becomes of the node of a host that leaves: it stays, without the marks of Commissaire, or is removed.</summary>
public sealed record NodeDeparture(ResourceName Manager, bool Stays);

/// <summary>A join with kubeadm that a host left unfinished: when it started, and when it must have ended.</summary>
public sealed record UnfinishedJoin(DateTimeOffset Since, DateTimeOffset Until);

/// <summary>How far adding or removing a node is.</summary>
public enum NodePhase
{
    /// <summary>The manager was asked to add it.</summary>
    Registering,

    /// <summary>The manager has it.</summary>
    Registered,

    /// <summary>The manager was asked to remove it.</summary>
    Removing,
}

// The host's node in the container manager of its cluster.
public sealed partial record HostState
{
    /// <summary>The host's node; null when it has none.</summary>
    public NodeLink? Node { get; private init; }

    /// <summary>What becomes of the node when the host leaves its cluster, or is becoming of it now; null without a node.</summary>
    public NodeDeparture? NodeDeparture => Node is { } node ? new NodeDeparture(node.Manager, node.Stays) : null;

    private IEnumerable<HostEffect> NodeEffects() => Node switch
    {
        // A host that joins with kubeadm has no node before it has joined.
        { Phase: NodePhase.Registering } when Bootstrap is { Complete: false } => [],
        { Phase: NodePhase.Registering } node =>
            [new HostEffect.Send(new ContainerManagerCommand.EnsureNode(node.Manager, Address, Membership?.Cluster)
            {
                Existing = Adopted is { InService: true },
            })],
        { Phase: NodePhase.Removing } node => [new HostEffect.Send(new ContainerManagerCommand.RemoveNode(node.Manager, Address)
        {
            JoinedSince = Membership is null ? node.Join?.Since : null,
            Release = node.Stays,
        })],
        _ => [],
    };

    private IEnumerable<HostEffect> ReadinessEffects() => Node is { Phase: NodePhase.Registered } node && TurnStep is null
        ? [new HostEffect.Send(new ContainerManagerCommand.GetReadiness(node.Manager, Address) { Cluster = Membership?.Cluster })]
        : [];

    private Verdict OnNodeReported(NodeReported c, DateTimeOffset now)
    {
        var asked = c.Registered ? NodePhase.Registering : NodePhase.Removing;
        if (Node?.Manager != c.Manager || Node.Phase != asked)
        {
            return NoReply;
        }

        if (c.Problem is null)
        {
            // The kubelet may register the node later: the removal is repeated, until the host comes into a cluster again.
            if (!c.Registered && Node.Join is { } join && now < join.Until && Membership is null)
            {
                return NoReply;
            }

            return Record(c.Registered ? new HostEvent.NodeRegistered(c.Manager, now) : new HostEvent.NodeRemoved(c.Manager, now));
        }

        HostEvent[] problem = Node.Problem == c.Problem ? [] : [new HostEvent.NodeProblem(c.Manager, c.Problem, now)];
        return new([.. problem, .. c.NotJoined && MustJoin ? Plan(Bootstrap!.Network, joins: true, now) : []]);
    }

    private Verdict OnReadinessReported(ReadinessReported c, DateTimeOffset now) => Node switch
    {
        not { Phase: NodePhase.Registered } => NoReply,
        _ when Node.Manager != c.Manager || TurnStep is not null => NoReply,
        { Unusable: null } when c.Usable => NoReply,
        _ when c.Usable => Record(new HostEvent.NodeUsable(c.Manager, now)),
        _ => Node.Unusable == c.Reason ? NoReply : Record(new HostEvent.NodeUnusable(c.Manager, c.Reason, now)),
    };

    private HostEvent.NodeRemovalStarted? NextNodeRemoval(DateTimeOffset now) =>
        Node is { Phase: not NodePhase.Removing } node
            && node.Manager != Membership?.Manager
                ? new HostEvent.NodeRemovalStarted(node.Manager, now) { Release = node.Stays }
                : null;

    private HostEvent.NodeRegistrationStarted? NextNodeRegistration(DateTimeOffset now) =>
        this is { Registration: not null, Failure: null, Bootstrap.Complete: true, Node: null, Membership.Manager: { } manager }
            ? new HostEvent.NodeRegistrationStarted(manager, now)
            : null;

    private static NodeLink? Disposed(NodeLink? node, NodeDisposal? disposal) => disposal is { } wanted && node is not null
        ? node with { Stays = wanted == NodeDisposal.Keep }
        : node;

    // A host that leaves its cluster while it joins may become a node later. Its node is removed as if it had registered.
    private NodeLink? NodeOfUnfinishedJoin(DateTimeOffset now) =>
        Bootstrap is { Started: KubeadmSteps.Join, Current.Deadline: var deadline } && Membership?.Manager is { } manager
            ? (Node ?? new NodeLink(manager, NodePhase.Registering)) with
            {
                Join = new UnfinishedJoin(Bootstrap.StartedAt, now + deadline),
            }
            : Node;

    private HostState? EvolveNode(HostEvent e) => e switch
    {
        HostEvent.NodeRegistrationStarted n => this with
        {
            Node = new NodeLink(n.Manager, NodePhase.Registering) { Stays = Adopted is not null },
        },
        HostEvent.NodeRegistered n => this with
        {
            Node = new NodeLink(n.Manager, NodePhase.Registered) { Stays = Node is { Stays: true } },
        },
        HostEvent.NodeRemovalStarted n => this with
        {
            Node = new NodeLink(n.Manager, NodePhase.Removing) { Join = Node?.Join, Stays = n.Release },
        },
        HostEvent.NodeRemoved => this with { Node = null, LastTurn = LastTurn is { } last ? last with { LeftCordoned = false } : null },
        HostEvent.NodeProblem n => this with { Node = Node! with { Problem = n.Problem } },
        HostEvent.NodeUnusable n => this with { Node = Node! with { Unusable = n.Reason } },
        HostEvent.NodeUsable => this with { Node = Node! with { Unusable = null } },
        _ => null,
    };

    private static HistoryLine? DescribeNode(HostEvent e) => e switch
    {
        HostEvent.NodeRegistrationStarted n => new("node-registration-started", $"asked container manager '{n.Manager}' to add the node"),
        HostEvent.NodeRegistered n => new("node-registered", $"is a node of container manager '{n.Manager}'"),
        HostEvent.NodeRemovalStarted n => new("node-removal-started", $"asked container manager '{n.Manager}' to "
            + (n.Release ? "release the node, which stays" : "remove the node")),
        HostEvent.NodeRemoved n => new("node-removed", $"no longer a node of container manager '{n.Manager}'"),
        HostEvent.NodeProblem n => new("node-problem", $"container manager '{n.Manager}': {n.Problem}"),
        HostEvent.NodeUnusable n => new("node-unusable", $"its node in container manager '{n.Manager}' {n.Reason}"),
        HostEvent.NodeUsable n => new("node-usable", $"its node in container manager '{n.Manager}' can carry work again"),
        _ => null,
    };
}
