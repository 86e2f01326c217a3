using Commissaire.Clusters;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>A host's membership of a cluster. The host decides first; the cluster then lists it, and confirms with its settings.</summary>
public sealed record Membership(ResourceName Cluster, ClusterSettings? Settings = null)
{
    /// <summary>The container manager of the cluster; null for none, or before the cluster confirmed.</summary>
    public ResourceName? Manager => Settings?.Manager?.Name;
}

// The cluster that the host is in.
public sealed partial record HostState
{
    /// <summary>The cluster that the host is in; null for none.</summary>
    public Membership? Membership { get; private init; }

    /// <summary>Clusters that the host left and that still list it.</summary>
    public ImmutableArray<ResourceName> Departing { get; private init; } = [];

    /// <summary>
    /// The extra effect of a message, beyond those of the state: a reply to a cluster that wrongly lists the host, or no longer lists it,
    /// or to a run that asks again.
    /// </summary>
    public HostEffect? Reaction(HostCommand command) => command switch
    {
        ConfirmMembership c when Membership?.Cluster != c.Cluster => LeaveNotice(c.Cluster),
        ClusterDeleted c => DeletionNotice(c.Cluster),
        ConfirmDeparture c when Registration is not null && Membership is { } m && m.Cluster == c.Cluster => ReportTo(m),
        BeginTurn c when Membership?.Cluster != c.Run.Cluster => LeaveNotice(c.Run.Cluster),
        BeginTurn c when Turn is { } turn && turn.Run == c.Run => ReportOf(turn),
        _ => null,
    };

    private IEnumerable<HostEffect> DepartureEffects() => Departing.Select(LeaveNotice);

    private IEnumerable<HostEffect> ReportEffects() => Registration is not null && Membership is { } m ? [ReportTo(m)] : [];

    private HostEffect.Send ReportTo(Membership m) =>
        new(new ClusterCommand.ReportMember(m.Cluster, Address, m.Settings, Status, Reason)
        {
            Failures = Failures,
            Follows = Facts is null ? null : FollowedImage.Of(Facts),
        });

    private HostEffect LeaveNotice(ResourceName cluster) => new HostEffect.Send(new ClusterCommand.MemberLeft(cluster, Address));

    private HostEffect.Send DeletionNotice(ResourceName cluster) => new(new ClusterCommand.MemberLeft(cluster, Address)
    {
        Node = Node is { Phase: NodePhase.Removing } ? NodeDeparture : null,
    });

    private Verdict OnJoin(Join c, DateTimeOffset now) => this switch
    {
        _ when Membership?.Cluster == c.Cluster => Unchanged,
        { Membership: { } other } => Refuse(HostRefusal.InAnotherCluster, other.Cluster.Value),
        { Status: HostStatus.Active or HostStatus.Disassociated } => Then(new HostEvent.JoinedCluster(c.Cluster, now)),
        _ => Refuse(HostRefusal.NotReadyToJoin, Status.ToWireName()),
    };

    private Verdict OnLeave(Leave c, DateTimeOffset now) =>
        Membership?.Cluster == c.Cluster
            ? Then(new HostEvent.LeftCluster(c.Cluster, ClusterDeleted: false, now) { Nodes = c.Nodes })
            : Unchanged;

    private Verdict OnConfirmMembership(ConfirmMembership c, DateTimeOffset now)
    {
        if (Membership is not { } m || m.Cluster != c.Cluster || m.Settings == c.Settings)
        {
            return NoReply;
        }

        var confirmed = new HostEvent.MembershipConfirmed(c.Cluster, c.Settings, now);
        var member = Evolve(confirmed);
        return new(member is not { AwaitsPlan: true, Failure: { Offered: null } } ? [confirmed]
            : FailedForNetwork && !member.FailedForNetwork && member.MustFindNode ? [confirmed, new HostEvent.Recovered(now)]
            : [confirmed, .. member.PlanOrAdopt(now)]);
    }

    private Verdict OnConfirmDeparture(ConfirmDeparture c, DateTimeOffset now) =>
        Departing.Contains(c.Cluster) ? Record(new HostEvent.DepartureConfirmed(c.Cluster, now)) : NoReply;

    private Verdict OnClusterDeleted(ClusterDeleted c, DateTimeOffset now) =>
        Membership?.Cluster == c.Cluster
            ? Record(new HostEvent.LeftCluster(c.Cluster, ClusterDeleted: true, now) { Nodes = c.Nodes })
            : NoReply;

    private HostState? EvolveMembership(HostEvent e) => e switch
    {
        HostEvent.JoinedCluster j => this with { Membership = new Membership(j.Cluster), Departing = Departing.Remove(j.Cluster) },
        HostEvent.MembershipConfirmed c => this with
        {
            Membership = new Membership(c.Cluster, c.Settings),
            Bootstrap = LeavesManager(c.Settings) ? WithoutUnfinishedJoin : Bootstrap,
            Node = LeavesManager(c.Settings) ? NodeOfUnfinishedJoin(c.At) : Node,
        },
        HostEvent.LeftCluster l => this with
        {
            Membership = null,
            Turn = null,
            Bootstrap = WithoutUnfinishedJoin,
            Node = Disposed(NodeOfUnfinishedJoin(l.At), l.Nodes),
            Departing = l.ClusterDeleted ? Departing : Departing.Remove(l.Cluster).Add(l.Cluster),
        },
        HostEvent.DepartureConfirmed d => this with { Departing = Departing.Remove(d.Cluster) },
        _ => null,
    };

    private bool LeavesManager(ClusterSettings settings) => Membership?.Manager is { } before && before != settings.Manager?.Name;

    private static HistoryLine? DescribeMembership(HostEvent e) => e switch
    {
        HostEvent.JoinedCluster j => new("joined-cluster", $"joined cluster '{j.Cluster}'"),
        HostEvent.MembershipConfirmed c => new("membership-confirmed", $"listed by cluster '{c.Cluster}', "
            + (c.Settings.Manager is { } manager ? $"whose container manager is '{manager.Name}'" : "which has no container manager")),
        HostEvent.LeftCluster l =>
            new("left-cluster", (l.ClusterDeleted ? $"cluster '{l.Cluster}' was deleted" : $"left cluster '{l.Cluster}'")
                + l.Nodes switch { NodeDisposal.Keep => ", keeping the node", NodeDisposal.Remove => ", removing the node", _ => "" }),
        HostEvent.DepartureConfirmed d => new("departure-confirmed", $"no longer listed by cluster '{d.Cluster}'"),
        _ => null,
    };
}
