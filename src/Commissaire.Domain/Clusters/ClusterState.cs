using System.Diagnostics;
using Commissaire.Networks;
using static Commissaire.Clusters.ClusterCommand;

namespace Commissaire.Clusters;

/// <summary>The state of one cluster and every decision about it. The status of a member is its last report.</summary>
public sealed record ClusterState(ResourceName Name)
{
    /// <summary>Whether it exists.</summary>
    public bool Exists { get; private init; }

    /// <summary>The settings of its hosts.</summary>
    public ClusterSettings Settings { get; private init; } = new(NetworkDefinition.Default, null);

    /// <summary>Its hosts, by address.</summary>
    public ImmutableSortedDictionary<string, Member> Members { get; private init; } =
        ImmutableSortedDictionary.Create<string, Member>(StringComparer.Ordinal);

    /// <summary>Hosts that have not acknowledged the deletion of the cluster.</summary>
    public ImmutableSortedSet<string> Leaving { get; private init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>What the deletion of the cluster wants for the nodes of its hosts; null for what suits each host.</summary>
    public NodeDisposal? Disposal { get; private init; }

    /// <summary>What becomes of the nodes of the hosts that acknowledged the deletion.</summary>
    public ImmutableArray<DepartedNode> DepartedNodes { get; private init; } = [];

    /// <summary>The runs over it, oldest first. They outlive the cluster.</summary>
    public ImmutableArray<ClusterRun> Runs { get; private init; } = [];

    /// <summary>The run that holds it; null for none.</summary>
    public ClusterRun? Holder { get; private init; }

    /// <summary>
    /// Returns the events and the reply of a command. The run replies to <see cref="StartRun"/>. The reply to a deletion waits for all
    /// hosts.
    /// </summary>
    public Decision<ClusterEvent, ClusterReply> Decide(ClusterCommand command, DateTimeOffset now)
    {
        if (Holder is { } holder && command is StartRun or Delete or ReopenRun && (command as ReopenRun)?.Run != holder.Run)
        {
            return new([], new ClusterReply.HeldBy(holder.Run, holder.Options.Plan.Verb));
        }

        if (Refusal(command) is { } why)
        {
            return new([], new ClusterReply.Refused(why));
        }

        var events = Route(command, now);
        return new(events, command switch
        {
            Delete => events.Aggregate(this, (state, e) => state.Evolve(e)).Forgotten(),
            ReopenRun => new ClusterReply.Reopened(),
            Put or AddMember or RemoveMember or ReplaceMembers =>
                new ClusterReply.Described(events.Aggregate(this, (state, e) => state.Evolve(e)).View()),
            _ => null,
        });
    }

    /// <summary>The reply to a deletion that all hosts acknowledged.</summary>
    public ClusterReply.Forgotten Forgotten() => new() { Nodes = DepartedNodes.IsEmpty ? null : DepartedNodes };

    private ClusterRefusal? Refusal(ClusterCommand command) => command switch
    {
        Put when !Leaving.IsEmpty => ClusterRefusal.StillLeaving,
        Delete or AddMember or RemoveMember or ReplaceMembers or StartRun or ReopenRun when !Exists => ClusterRefusal.NotFound,
        ReopenRun c when Runs.All(r => r.Run != c.Run) => ClusterRefusal.NotFound,
        ReplaceMembers c when !IsExpected(c) => ClusterRefusal.MembersChanged,
        _ => null,
    };

    private ImmutableArray<ClusterEvent> Route(ClusterCommand command, DateTimeOffset now) => (command, Exists) switch
    {
        (Put c, false) => [new ClusterEvent.Created(Changed(c), now)],
        (Put c, true) => Changed(c) == Settings ? [] : [new ClusterEvent.Changed(Changed(c), now)],
        (Delete c, _) => [new ClusterEvent.Deleted(now) { Nodes = c.Nodes }],
        (AddMember c, _) => Members.ContainsKey(c.Host.Value) ? [] : [new ClusterEvent.MemberAdded(c.Host, now)],
        (RemoveMember c, _) => Removed(c.Host, now),
        (ReplaceMembers c, _) =>
        [
            .. c.New.Distinct().Where(h => !Members.ContainsKey(h.Value)).Select(h => new ClusterEvent.MemberAdded(h, now)),
            .. Members.Keys.Select(k => HostAddress.Parse(k)).Except(c.New).Select(h => new ClusterEvent.MemberRemoved(h, now)),
        ],
        (ReportMember c, true) => Reported(c, now),
        (MemberLeft c, true) => Removed(c.Host, now),
        (MemberLeft c, false) =>
            Leaving.Contains(c.Host.Value) ? [new ClusterEvent.DeletionAcknowledged(c.Host, now) { Node = c.Node }] : [],
        (StartRun c, _) => [new ClusterEvent.RunStarted(new RunId(Name, Runs.Length + 1), c.Options, c.By, now) { Trace = c.Trace }],
        (ReopenRun c, _) => Holder is null ? [new ClusterEvent.RunReopened(c.Run, now)] : [],
        (EndRun c, _) => Holder?.Run == c.Run ? [new ClusterEvent.RunEnded(c.Run, now)] : [],

        // Only an active run asks. A run that was reopened before its end arrived here gets the cluster back.
        (DescribeMembers c, true) => Holder is null && Runs.Any(r => r.Run == c.Run) ? [new ClusterEvent.RunReopened(c.Run, now)] : [],
        (ReportMember or Wake or DescribeMembers, _) => [],
        _ => throw new UnreachableException($"Unknown command {command.GetType()}."),
    };

    /// <summary>Applies an event.</summary>
    public ClusterState Evolve(ClusterEvent e) => e switch
    {
        ClusterEvent.Created c => new ClusterState(Name) { Exists = true, Settings = c.Settings, Runs = Runs },
        ClusterEvent.Changed c => this with { Settings = c.Settings },
        ClusterEvent.MemberAdded m => this with { Members = Members.SetItem(m.Host.Value, new Member(null, "has not reported yet", m.At)) },
        ClusterEvent.MemberRemoved m => this with { Members = Members.Remove(m.Host.Value) },
        ClusterEvent.MemberReported m =>
            this with { Members = Members.SetItem(m.Host.Value, new Member(m.Status, m.Reason, m.At, m.Failures, m.Follows)) },
        ClusterEvent.Deleted d => new ClusterState(Name) { Leaving = [.. Members.Keys], Disposal = d.Nodes, Runs = Runs },
        ClusterEvent.RunStarted r => this with { Holder = Run(r), Runs = Runs.Add(Run(r)) },
        ClusterEvent.RunReopened r => this with { Holder = Runs.First(run => run.Run == r.Run) },
        ClusterEvent.RunEnded => this with { Holder = null },
        ClusterEvent.DeletionAcknowledged d => this with
        {
            Leaving = Leaving.Remove(d.Host.Value),
            DepartedNodes = d.Node is { } node ? DepartedNodes.Add(new DepartedNode(d.Host, node)) : DepartedNodes,
        },
        _ => throw new UnreachableException($"Unknown event {e.GetType()}."),
    };

    /// <summary>The messages to hosts after a command, also whenever a host reports a membership that the cluster does not have.</summary>
    public IEnumerable<HostCommand> Answers(ClusterCommand command) => command switch
    {
        ReportMember c when !Exists => [Deletion(c.Host)],
        ReportMember c when c.Settings != Settings => [new HostCommand.ConfirmMembership(c.Host, Name, Settings)],
        MemberLeft c => [new HostCommand.ConfirmDeparture(c.Host, Name)],

        // The host may have joined again meanwhile: then it reports.
        RemoveMember c when Exists => [new HostCommand.ConfirmDeparture(c.Host, Name)],

        // A server that died, or a request that failed, between the list and the host: the host answers that it is not a member.
        Wake when Exists => Members.Where(m => m.Value.Status is null)
            .Select(m => new HostCommand.ConfirmMembership(HostAddress.Parse(m.Key), Name, Settings)),
        _ => [],
    };

    /// <summary>The messages to all hosts after a change of the cluster: its settings, or that it was deleted.</summary>
    public IEnumerable<HostCommand> Outstanding() =>
        Exists
            ? Members.Keys.Select(host => new HostCommand.ConfirmMembership(HostAddress.Parse(host), Name, Settings))
            : Leaving.Select(host => Deletion(HostAddress.Parse(host)));

    /// <summary>The message that begins, or refreshes, the run that holds the cluster; null when none does.</summary>
    public RunCommand.Begin? Begin() => Holder is { } run
        ? new RunCommand.Begin(run.Run, run.Options, run.By, [.. Members.Select(m => Health(m.Key, m.Value))]) { Trace = run.Trace }
        : null;

    /// <summary>The reply to a preview: what a run would begin with, or why it could not be started.</summary>
    public ClusterReply Preview(ClusterQuery.PreviewRun query) => this switch
    {
        { Exists: false } => new ClusterReply.Refused(ClusterRefusal.NotFound),
        { Holder: { } holder } => new ClusterReply.HeldBy(holder.Run, holder.Options.Plan.Verb),
        _ => new ClusterReply.RunPreviewed(new RunCommand.Begin(
            new RunId(Name, Runs.Length + 1), query.Options, query.By, [.. Members.Select(m => Health(m.Key, m.Value))])),
    };

    /// <summary>The message about an event to the run that holds the cluster; null if the event does not concern the run.</summary>
    public RunCommand? News(ClusterEvent e) => (Holder, e) switch
    {
        (null, _) => null,
        ({ } run, ClusterEvent.MemberAdded m) => new RunCommand.MemberChanged(run.Run, Health(m.Host.Value, Members[m.Host.Value])),
        ({ } run, ClusterEvent.MemberReported m) => new RunCommand.MemberChanged(run.Run, Health(m.Host.Value, Members[m.Host.Value])),
        ({ } run, ClusterEvent.MemberRemoved m) => new RunCommand.MemberLeft(run.Run, m.Host),
        _ => null,
    };

    /// <summary>The public state of the cluster.</summary>
    public ClusterView View()
    {
        var available = Members.Values.Count(IsAvailable);
        var status = available == Members.Count ? ClusterStatus.Ok : available == 0 ? ClusterStatus.Failed : ClusterStatus.Degraded;
        var worst = Members.FirstOrDefault(m => !IsAvailable(m.Value));
        var reason = Members.IsEmpty ? "no hosts"
            : available == Members.Count ? "all hosts are available"
            : $"unavailable hosts: {Members.Count - available} of {Members.Count}; "
                + $"{worst.Key} is {worst.Value.Status?.ToWireName() ?? "unknown"}: {worst.Value.Reason}";
        return new ClusterView(
            Name, status, reason, Settings.Network.Name, Settings.Manager?.Name, [.. Members.Keys.Select(k => HostAddress.Parse(k))],
            available)
        {
            Bootstrap = Settings.Bootstrap,
            Settings = Settings,
        };
    }

    private HostCommand.ClusterDeleted Deletion(HostAddress host) => new(host, Name) { Nodes = Disposal };

    private static ClusterRun Run(ClusterEvent.RunStarted e) => new(e.Run, e.Options, e.By, e.At) { Trace = e.Trace };

    private MemberHealth Health(string host, Member member) =>
        new(HostAddress.Parse(host), IsAvailable(member), $"is {member.Status?.ToWireName() ?? "unknown"}: {member.Reason}")
        {
            Failures = member.Failures ?? 0,
            Follows = member.Follows,
        };

    // A cluster without a container manager has no active hosts: disassociated ones count as available.
    private bool IsAvailable(Member member) =>
        member.Status == HostStatus.Active || (Settings.Manager is null && member.Status == HostStatus.Disassociated);

    private ClusterSettings Changed(Put c) => new(c.Network ?? Settings.Network, c.WithoutManager ? null : c.Manager ?? Settings.Manager)
    {
        Bootstrap = c.Bootstrap ?? Settings.Bootstrap,
    };

    private ImmutableArray<ClusterEvent> Removed(HostAddress host, DateTimeOffset now) =>
        Members.ContainsKey(host.Value) ? [new ClusterEvent.MemberRemoved(host, now)] : [];

    private bool IsExpected(ReplaceMembers c)
    {
        var added = c.New.Except(c.Old).Select(h => h.Value).ToHashSet(StringComparer.Ordinal);
        return Members.Keys.Where(m => !added.Contains(m)).ToHashSet(StringComparer.Ordinal).SetEquals(c.Old.Select(h => h.Value));
    }

    // Reasons change with each bootstrap step: only a changed status, another failure or another reason for it is recorded.
    private ImmutableArray<ClusterEvent> Reported(ReportMember c, DateTimeOffset now)
    {
        var known = Members.GetValueOrDefault(c.Host.Value);
        var reported = new ClusterEvent.MemberReported(c.Host, c.Status, c.Reason, now) { Failures = c.Failures, Follows = c.Follows };
        return known is null ? [new ClusterEvent.MemberAdded(c.Host, now), reported]
            : known.Status != c.Status || (c.Status == HostStatus.Failed && known.Reason != c.Reason)
                || (known.Failures ?? 0) < c.Failures || known.Follows != c.Follows ? [reported]
            : [];
    }
}

/// <summary>A host in a cluster, as it last reported. The status is null before its first report; failures, where not counted.</summary>
public sealed record Member(HostStatus? Status, string Reason, DateTimeOffset Since, int? Failures = null, string? Follows = null);
