using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.Clusters;

/// <summary>A message for one cluster: all that routing needs.</summary>
public interface IForCluster
{
    /// <summary>The cluster it is for.</summary>
    ResourceName Cluster { get; }
}

/// <summary>Everything a cluster can be told to do.</summary>
[JsonDerivedType(typeof(ClusterCommand.Put), "cluster/command/put/1")]
[JsonDerivedType(typeof(ClusterCommand.Delete), "cluster/command/delete/1")]
[JsonDerivedType(typeof(ClusterCommand.AddMember), "cluster/command/add-member/1")]
[JsonDerivedType(typeof(ClusterCommand.RemoveMember), "cluster/command/remove-member/1")]
[JsonDerivedType(typeof(ClusterCommand.ReplaceMembers), "cluster/command/replace-members/1")]
[JsonDerivedType(typeof(ClusterCommand.Wake), "cluster/command/wake/1")]
[JsonDerivedType(typeof(ClusterCommand.ReportMember), "cluster/command/report-member/1")]
[JsonDerivedType(typeof(ClusterCommand.MemberLeft), "cluster/command/member-left/1")]
[JsonDerivedType(typeof(ClusterCommand.FindNetwork), "cluster/command/find-network/1")]
[JsonDerivedType(typeof(ClusterCommand.StartRun), "cluster/command/start-run/1")]
[JsonDerivedType(typeof(ClusterCommand.ReopenRun), "cluster/command/reopen-run/1")]
[JsonDerivedType(typeof(ClusterCommand.EndRun), "cluster/command/end-run/1")]
[JsonDerivedType(typeof(ClusterCommand.DescribeMembers), "cluster/command/describe-members/1")]
public abstract record ClusterCommand(ResourceName Cluster) : IForCluster
{
    /// <summary>Be there, with these; what is null stays as it is, or takes the default in a new cluster. Members are kept.</summary>
    /// <param name="Cluster">Its name.</param>
    /// <param name="Network">The network of its hosts.</param>
    /// <param name="Manager">The container manager of its hosts; empty text for none.</param>
    public sealed record Put(ResourceName Cluster, ResourceName? Network, string? Manager) : ClusterCommand(Cluster);

    /// <summary>Be gone. Members are told, and stay registered.</summary>
    public sealed record Delete(ResourceName Cluster) : ClusterCommand(Cluster);

    /// <summary>List a host that has said that it is a member.</summary>
    public sealed record AddMember(ResourceName Cluster, HostAddress Host) : ClusterCommand(Cluster);

    /// <summary>List a host no more.</summary>
    public sealed record RemoveMember(ResourceName Cluster, HostAddress Host) : ClusterCommand(Cluster);

    /// <summary>List exactly these, provided that the list was the one expected; hosts that are new to it may have been listed meanwhile.</summary>
    public sealed record ReplaceMembers(ResourceName Cluster, ImmutableArray<HostAddress> Old, ImmutableArray<HostAddress> New) : ClusterCommand(Cluster);

    /// <summary>Nothing but being there: takes up whatever is outstanding.</summary>
    public sealed record Wake(ResourceName Cluster) : ClusterCommand(Cluster);

    /// <summary>From a host: I am your member, and this is how I am.</summary>
    /// <param name="Cluster">The cluster.</param>
    /// <param name="Host">Who reports.</param>
    /// <param name="Confirmed">Whether it knows that it is listed.</param>
    /// <param name="Manager">The container manager it believes the cluster to have.</param>
    /// <param name="Status">How it is.</param>
    /// <param name="Reason">Why.</param>
    public sealed record ReportMember(ResourceName Cluster, HostAddress Host, bool Confirmed, ResourceName? Manager, HostStatus Status, string Reason)
        : ClusterCommand(Cluster)
    {
        /// <summary>How often it has failed, ever; null from a server that does not count.</summary>
        public int? Failures { get; init; }
    }

    /// <summary>From a host: I am not, or no longer, your member.</summary>
    public sealed record MemberLeft(ResourceName Cluster, HostAddress Host) : ClusterCommand(Cluster);

    /// <summary>Have an operation run over the members. Only one at a time.</summary>
    public sealed record StartRun(ResourceName Cluster, RunOptions Options, string By) : ClusterCommand(Cluster), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>Be held again by a run that is over, so that it can go on. Only one at a time.</summary>
    public sealed record ReopenRun(ResourceName Cluster, RunId Run) : ClusterCommand(Cluster);

    /// <summary>From a run: I am over.</summary>
    public sealed record EndRun(ResourceName Cluster, RunId Run) : ClusterCommand(Cluster);

    /// <summary>From a run: how are the members?</summary>
    public sealed record DescribeMembers(ResourceName Cluster, RunId Run) : ClusterCommand(Cluster);

    /// <summary>From a host that needs its cluster's network: have the network tell it.</summary>
    public sealed record FindNetwork(ResourceName Cluster, HostAddress Host) : ClusterCommand(Cluster);
}

/// <summary>Everything a cluster can be asked.</summary>
[JsonDerivedType(typeof(ClusterQuery.Describe), "cluster/query/describe/1")]
[JsonDerivedType(typeof(ClusterQuery.Runs), "cluster/query/runs/1")]
public abstract record ClusterQuery(ResourceName Cluster) : IForCluster
{
    /// <summary>How are you?</summary>
    public sealed record Describe(ResourceName Cluster) : ClusterQuery(Cluster);

    /// <summary>Which operations were run? Answered even when the cluster is gone.</summary>
    public sealed record Runs(ResourceName Cluster) : ClusterQuery(Cluster);
}

/// <summary>What a cluster answers.</summary>
[JsonDerivedType(typeof(ClusterReply.Described), "cluster/reply/described/1")]
[JsonDerivedType(typeof(ClusterReply.Forgotten), "cluster/reply/forgotten/1")]
[JsonDerivedType(typeof(ClusterReply.Refused), "cluster/reply/refused/1")]
[JsonDerivedType(typeof(ClusterReply.Started), "cluster/reply/started/1")]
[JsonDerivedType(typeof(ClusterReply.HeldBy), "cluster/reply/held-by/1")]
[JsonDerivedType(typeof(ClusterReply.Runs), "cluster/reply/runs/1")]
public abstract record ClusterReply
{
    private ClusterReply() { }

    /// <summary>Done, or nothing needed doing; this is the cluster now.</summary>
    public sealed record Described(ClusterView View) : ClusterReply;

    /// <summary>Done; there is no such cluster any more.</summary>
    public sealed record Forgotten : ClusterReply;

    /// <summary>The run holds the cluster; this is what it is to be told.</summary>
    public sealed record Started(RunCommand.Begin Begin) : ClusterReply;

    /// <summary>No; another run holds the cluster.</summary>
    public sealed record HeldBy(RunId Run, RunVerb Verb) : ClusterReply;

    /// <summary>The operations that were run, oldest first.</summary>
    public sealed record Runs(ImmutableArray<ClusterRun> All) : ClusterReply;

    /// <summary>No; nothing changed.</summary>
    public sealed record Refused(ClusterRefusal Why) : ClusterReply;
}

/// <summary>Why a cluster refuses.</summary>
public enum ClusterRefusal
{
    /// <summary>There is no such cluster.</summary>
    NotFound,

    /// <summary>A deleted cluster of this name has not yet heard from all its members.</summary>
    StillLeaving,

    /// <summary>The list of members is not the expected one.</summary>
    MembersChanged,
}

/// <summary>What happened to a cluster. Which one is said by the journal the event stands in.</summary>
/// <param name="At">When.</param>
[JsonDerivedType(typeof(ClusterEvent.Created), "cluster/created/1")]
[JsonDerivedType(typeof(ClusterEvent.Changed), "cluster/changed/1")]
[JsonDerivedType(typeof(ClusterEvent.MemberAdded), "cluster/member-added/1")]
[JsonDerivedType(typeof(ClusterEvent.MemberRemoved), "cluster/member-removed/1")]
[JsonDerivedType(typeof(ClusterEvent.MemberReported), "cluster/member-reported/1")]
[JsonDerivedType(typeof(ClusterEvent.Deleted), "cluster/deleted/1")]
[JsonDerivedType(typeof(ClusterEvent.DeletionAcknowledged), "cluster/deletion-acknowledged/1")]
[JsonDerivedType(typeof(ClusterEvent.RunStarted), "cluster/run-started/1")]
[JsonDerivedType(typeof(ClusterEvent.RunReopened), "cluster/run-reopened/1")]
[JsonDerivedType(typeof(ClusterEvent.RunEnded), "cluster/run-ended/1")]
public abstract record ClusterEvent(DateTimeOffset At)
{
    /// <summary>It came to be.</summary>
    public sealed record Created(ResourceName Network, ResourceName? Manager, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>It was given another network or container manager.</summary>
    public sealed record Changed(ResourceName Network, ResourceName? Manager, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>A host was listed.</summary>
    public sealed record MemberAdded(HostAddress Host, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>A host is listed no more.</summary>
    public sealed record MemberRemoved(HostAddress Host, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>A member's status became another.</summary>
    public sealed record MemberReported(HostAddress Host, HostStatus Status, string Reason, DateTimeOffset At) : ClusterEvent(At)
    {
        /// <summary>How often it had failed then, ever; null where nobody counted.</summary>
        public int? Failures { get; init; }
    }

    /// <summary>A run of an operation holds it from now on.</summary>
    public sealed record RunStarted(RunId Run, RunOptions Options, string By, DateTimeOffset At) : ClusterEvent(At), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>A run that was over holds it again.</summary>
    public sealed record RunReopened(RunId Run, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>The run that held it is over.</summary>
    public sealed record RunEnded(RunId Run, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>It was deleted; its members are being told.</summary>
    public sealed record Deleted(DateTimeOffset At) : ClusterEvent(At);

    /// <summary>A member of the deleted cluster knows.</summary>
    public sealed record DeletionAcknowledged(HostAddress Host, DateTimeOffset At) : ClusterEvent(At);
}

/// <summary>A run of an operation, as its cluster remembers it.</summary>
/// <param name="Run">Which.</param>
/// <param name="Options">What it was asked to be.</param>
/// <param name="By">Who asked.</param>
/// <param name="StartedAt">When.</param>
public sealed record ClusterRun(RunId Run, RunOptions Options, string By, DateTimeOffset StartedAt) : ITraced
{
    /// <inheritdoc />
    public string? Trace { get; init; }
}

/// <summary>A cluster as others see it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">How its members are, together.</param>
/// <param name="Reason">Why.</param>
/// <param name="Network">The network of its hosts.</param>
/// <param name="Manager">The container manager of its hosts; null for none.</param>
/// <param name="Members">Its hosts, sorted.</param>
/// <param name="Available">How many of them can carry work.</param>
public sealed record ClusterView(
    ResourceName Name, ClusterStatus Status, string Reason, ResourceName Network, ResourceName? Manager, ImmutableArray<HostAddress> Members, int Available);

/// <summary>How the members of a cluster are, together. The names in JSON are these in lower case.</summary>
public enum ClusterStatus
{
    /// <summary>All are available, or there are none.</summary>
    Ok,

    /// <summary>Some are available.</summary>
    Degraded,

    /// <summary>None is.</summary>
    Failed,
}
