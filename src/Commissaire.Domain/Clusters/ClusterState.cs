using System.Collections.Immutable;
using System.Diagnostics;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;
using static Commissaire.Clusters.ClusterCommand;

namespace Commissaire.Clusters;

/// <summary>All that is true of one cluster, and every judgement about it. Its members' statuses are what they told it.</summary>
/// <param name="Name">Which cluster.</param>
public sealed record ClusterState(ResourceName Name)
{
    /// <summary>Whether it exists.</summary>
    public bool Exists { get; private init; }

    /// <summary>The network of its hosts.</summary>
    public ResourceName Network { get; private init; } = NetworkDefinition.Default.Name;

    /// <summary>The container manager of its hosts; null for none.</summary>
    public ResourceName? Manager { get; private init; }

    /// <summary>Its hosts and how they are.</summary>
    public ImmutableSortedDictionary<string, Member> Members { get; private init; } = ImmutableSortedDictionary.Create<string, Member>(StringComparer.Ordinal);

    /// <summary>Hosts that have not yet heard that the cluster was deleted.</summary>
    public ImmutableSortedSet<string> Leaving { get; private init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The operations that were run, oldest first. They outlive the cluster.</summary>
    public ImmutableArray<ClusterRun> Runs { get; private init; } = [];

    /// <summary>The run that holds the cluster; null when none does.</summary>
    public ClusterRun? Holder { get; private init; }

    /// <summary>What a command makes true, and what the one who sent it is told. The reply of a deletion is due when nobody is left to be told.</summary>
    /// <exception cref="UnreachableException">The command is none that a cluster takes.</exception>
    public Decision<ClusterEvent, ClusterReply> Decide(ClusterCommand command, DateTimeOffset now)
    {
        if (Holder is { } holder && command is StartRun or Delete or ReopenRun && (command as ReopenRun)?.Run != holder.Run)
        {
            return new([], new ClusterReply.HeldBy(holder.Run, holder.Options.Plan.Verb));
        }

        var events = Judge(command, now, out var refusal);
        if (refusal is { } why)
        {
            return new([], new ClusterReply.Refused(why));
        }

        var after = events.Aggregate(this, (state, happened) => state.Evolve(happened));
        return new(events, command switch
        {
            Delete => new ClusterReply.Forgotten(),
            Put or AddMember or RemoveMember or ReplaceMembers => new ClusterReply.Described(after.View()),
            StartRun or ReopenRun => new ClusterReply.Started(after.Begin()!),
            _ => null,
        });
    }

    private ImmutableArray<ClusterEvent> Judge(ClusterCommand command, DateTimeOffset now, out ClusterRefusal? refusal)
    {
        refusal = command switch
        {
            Put when !Leaving.IsEmpty => ClusterRefusal.StillLeaving,
            Delete or AddMember or RemoveMember or ReplaceMembers or StartRun or ReopenRun when !Exists => ClusterRefusal.NotFound,
            ReopenRun c when Runs.All(r => r.Run != c.Run) => ClusterRefusal.NotFound,
            ReplaceMembers c when !Expected(c) => ClusterRefusal.MembersChanged,
            _ => null,
        };
        return (command, Exists) switch
        {
            _ when refusal is not null => [],
            (Put c, false) => [new ClusterEvent.Created(c.Network ?? NetworkDefinition.Default.Name, ManagerIn(c), now)],
            (Put c, true) => (c.Network ?? Network) == Network && ManagerIn(c) == Manager ? [] : [new ClusterEvent.Changed(c.Network ?? Network, ManagerIn(c), now)],
            (Delete, _) => [new ClusterEvent.Deleted(now)],
            (AddMember c, _) => Members.ContainsKey(c.Host.Value) ? [] : [new ClusterEvent.MemberAdded(c.Host, now)],
            (RemoveMember c, _) => Members.ContainsKey(c.Host.Value) ? [new ClusterEvent.MemberRemoved(c.Host, now)] : [],
            (ReplaceMembers c, _) =>
            [
                .. c.New.Distinct().Where(h => !Members.ContainsKey(h.Value)).Select(h => new ClusterEvent.MemberAdded(h, now)),
                .. Members.Keys.Select(k => HostAddress.Parse(k)).Except(c.New).Select(h => new ClusterEvent.MemberRemoved(h, now)),
            ],
            (ReportMember c, true) => Reported(c, now),
            (MemberLeft c, true) => Members.ContainsKey(c.Host.Value) ? [new ClusterEvent.MemberRemoved(c.Host, now)] : [],
            (MemberLeft c, false) => Leaving.Contains(c.Host.Value) ? [new ClusterEvent.DeletionAcknowledged(c.Host, now)] : [],
            (StartRun c, _) => [new ClusterEvent.RunStarted(new RunId(Name, Runs.Length + 1), c.Options, c.By, now) { Trace = c.Trace }],
            (ReopenRun c, _) => Holder is null ? [new ClusterEvent.RunReopened(c.Run, now)] : [],
            (EndRun c, _) => Holder?.Run == c.Run ? [new ClusterEvent.RunEnded(c.Run, now)] : [],

            // Only a run that goes on asks. One whose end was still on its way when it was reopened has let go of the cluster unwillingly.
            (DescribeMembers c, true) => Holder is null && Runs.Any(r => r.Run == c.Run) ? [new ClusterEvent.RunReopened(c.Run, now)] : [],
            (ReportMember or Wake or FindNetwork or DescribeMembers, _) => [],
            _ => throw new UnreachableException($"A cluster does not know {command.GetType()}."),
        };
    }

    /// <summary>What the cluster is after an event.</summary>
    /// <exception cref="UnreachableException">The event is none that a cluster writes.</exception>
    public ClusterState Evolve(ClusterEvent happened) => happened switch
    {
        ClusterEvent.Created e => new ClusterState(Name) { Exists = true, Network = e.Network, Manager = e.Manager, Runs = Runs },
        ClusterEvent.Changed e => this with { Network = e.Network, Manager = e.Manager },
        ClusterEvent.MemberAdded e => this with { Members = Members.SetItem(e.Host.Value, new Member(null, "has not reported yet", e.At)) },
        ClusterEvent.MemberRemoved e => this with { Members = Members.Remove(e.Host.Value) },
        ClusterEvent.MemberReported e => this with { Members = Members.SetItem(e.Host.Value, new Member(e.Status, e.Reason, e.At, e.Failures)) },
        ClusterEvent.Deleted => new ClusterState(Name) { Leaving = [.. Members.Keys], Runs = Runs },
        ClusterEvent.RunStarted e => Starting(new ClusterRun(e.Run, e.Options, e.By, e.At) { Trace = e.Trace }),
        ClusterEvent.RunReopened e => Held(Runs.First(r => r.Run == e.Run)),
        ClusterEvent.RunEnded => Held(null),
        ClusterEvent.DeletionAcknowledged e => this with { Leaving = Leaving.Remove(e.Host.Value) },
        _ => throw new UnreachableException($"A cluster does not know {happened.GetType()}."),
    };

    /// <summary>What a cluster tells its hosts because of an event or a message: sent again whenever they show that they do not know.</summary>
    public IEnumerable<HostCommand> Answers(ClusterCommand command) => command switch
    {
        ReportMember c when !Exists => [new HostCommand.ClusterDeleted(c.Host, Name)],
        ReportMember c when !c.Confirmed || c.Manager != Manager => [new HostCommand.ConfirmMembership(c.Host, Name, Manager)],
        MemberLeft c => [new HostCommand.ConfirmDeparture(c.Host, Name)],
        FindNetwork c when !Exists => [new HostCommand.ClusterDeleted(c.Host, Name)],
        _ => [],
    };

    /// <summary>What must be told to hosts for the state to hold: that the cluster is gone, or that its container manager is another.</summary>
    public IEnumerable<HostCommand> Outstanding() =>
        Exists
            ? Members.Keys.Select(host => new HostCommand.ConfirmMembership(HostAddress.Parse(host), Name, Manager))
            : Leaving.Select(host => new HostCommand.ClusterDeleted(HostAddress.Parse(host), Name));

    /// <summary>What the run that holds the cluster is told of it; null when none does.</summary>
    public RunCommand.Begin? Begin() => Holder is { } run
        ? new RunCommand.Begin(run.Run, run.Options, run.By, [.. Members.Select(m => Health(m.Key, m.Value))]) { Trace = run.Trace }
        : null;

    /// <summary>What the run that holds the cluster is told because of an event; null when it need not know.</summary>
    public RunCommand? News(ClusterEvent happened) => (Holder, happened) switch
    {
        (null, _) => null,
        ({ } run, ClusterEvent.MemberAdded or ClusterEvent.MemberReported) =>
            new RunCommand.MemberChanged(run.Run, Health(Changed(happened), Members[Changed(happened)])),
        ({ } run, ClusterEvent.MemberRemoved e) => new RunCommand.MemberLeft(run.Run, e.Host),
        _ => null,
    };

    private static string Changed(ClusterEvent happened) =>
        (happened as ClusterEvent.MemberAdded)?.Host.Value ?? ((ClusterEvent.MemberReported)happened).Host.Value;

    private ClusterState Starting(ClusterRun run) => Held(run) with { Runs = Runs.Add(run) };

    private ClusterState Held(ClusterRun? by) => this with { Holder = by };

    private MemberHealth Health(string host, Member member) =>
        new(HostAddress.Parse(host), IsAvailable(member), $"is {member.Status?.ToWireName() ?? "unknown"}: {member.Reason}") { Failures = member.Failures ?? 0 };

    /// <summary>The cluster as others see it.</summary>
    public ClusterView View()
    {
        var available = Members.Values.Count(IsAvailable);
        var status = available == Members.Count ? ClusterStatus.Ok : available == 0 ? ClusterStatus.Failed : ClusterStatus.Degraded;
        var worst = Members.FirstOrDefault(m => !IsAvailable(m.Value));
        var reason = Members.IsEmpty ? "no hosts"
            : available == Members.Count ? "all hosts are available"
            : $"{Members.Count - available} of {Members.Count} hosts are unavailable; {worst.Key} is {worst.Value.Status?.ToWireName() ?? "unknown"}: {worst.Value.Reason}";
        return new ClusterView(Name, status, reason, Network, Manager, [.. Members.Keys.Select(k => HostAddress.Parse(k))], available);
    }

    // In a cluster without a container manager, disassociated is all a host can be.
    private bool IsAvailable(Member member) =>
        member.Status == HostStatus.Active || (Manager is null && member.Status == HostStatus.Disassociated);

    private ResourceName? ManagerIn(Put c) => c.Manager switch
    {
        null => Manager,
        "" => null,
        var name => ResourceName.Parse(name),
    };

    private bool Expected(ReplaceMembers c)
    {
        var added = c.New.Except(c.Old).Select(h => h.Value).ToHashSet(StringComparer.Ordinal);
        return Members.Keys.Where(m => !added.Contains(m)).ToHashSet(StringComparer.Ordinal).SetEquals(c.Old.Select(h => h.Value));
    }

    // Reasons change with every bootstrap step; a cluster remembers only when a member's status changes, or why it failed.
    private ImmutableArray<ClusterEvent> Reported(ReportMember c, DateTimeOffset now)
    {
        var known = Members.GetValueOrDefault(c.Host.Value);
        var news = known?.Status != c.Status || (c.Status == HostStatus.Failed && known.Reason != c.Reason) || (known.Failures ?? 0) < c.Failures;
        return (known, news) switch
        {
            (null, _) => [new ClusterEvent.MemberAdded(c.Host, now), new ClusterEvent.MemberReported(c.Host, c.Status, c.Reason, now) { Failures = c.Failures }],
            (_, true) => [new ClusterEvent.MemberReported(c.Host, c.Status, c.Reason, now) { Failures = c.Failures }],
            _ => [],
        };
    }
}

/// <summary>A host in a cluster, as it last reported.</summary>
/// <param name="Status">How it is; null before its first report.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when.</param>
/// <param name="Failures">How often it had failed then, ever; null where nobody counted.</param>
public sealed record Member(HostStatus? Status, string Reason, DateTimeOffset Since, int? Failures = null);
