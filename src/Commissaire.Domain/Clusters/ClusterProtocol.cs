using System.Text.Json.Serialization;
using Commissaire.Networks;

namespace Commissaire.Clusters;

/// <summary>A message to one cluster.</summary>
public interface IForCluster
{
    /// <summary>The cluster that receives the message.</summary>
    ResourceName Cluster { get; }
}

/// <summary>A command to a cluster.</summary>
[JsonDerivedType(typeof(ClusterCommand.Put), "cluster/command/put/1")]
[JsonDerivedType(typeof(ClusterCommand.Delete), "cluster/command/delete/1")]
[JsonDerivedType(typeof(ClusterCommand.AddMember), "cluster/command/add-member/1")]
[JsonDerivedType(typeof(ClusterCommand.RemoveMember), "cluster/command/remove-member/1")]
[JsonDerivedType(typeof(ClusterCommand.ReplaceMembers), "cluster/command/replace-members/1")]
[JsonDerivedType(typeof(ClusterCommand.Wake), "cluster/command/wake/1")]
[JsonDerivedType(typeof(ClusterCommand.ReportMember), "cluster/command/report-member/1")]
[JsonDerivedType(typeof(ClusterCommand.MemberLeft), "cluster/command/member-left/1")]
[JsonDerivedType(typeof(ClusterCommand.StartRun), "cluster/command/start-run/1")]
[JsonDerivedType(typeof(ClusterCommand.ReopenRun), "cluster/command/reopen-run/1")]
[JsonDerivedType(typeof(ClusterCommand.EndRun), "cluster/command/end-run/1")]
[JsonDerivedType(typeof(ClusterCommand.DescribeMembers), "cluster/command/describe-members/1")]
public abstract record ClusterCommand(ResourceName Cluster) : IForCluster
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Create or change the cluster. Null keeps its network or manager, or means the default in a new cluster.</summary>
    public sealed record Put(ResourceName Cluster, NetworkDefinition? Network, ClusterManager? Manager) : ClusterCommand(Cluster)
    {
        /// <summary>Whether the cluster is to have no container manager.</summary>
        public bool WithoutManager { get; init; }

        /// <summary>Whether its hosts are bootstrapped or adopted; null keeps the policy, or means the default in a new cluster.</summary>
        public BootstrapPolicy? Bootstrap { get; init; }
    }

    /// <summary>Delete the cluster. Its hosts receive a message, and stay registered.</summary>
    public sealed record Delete(ResourceName Cluster) : ClusterCommand(Cluster)
    {
        /// <summary>What to do with the nodes of its hosts; null for what suits each host.</summary>
        public NodeDisposal? Nodes { get; init; }
    }

    /// <summary>List a host that has become a member.</summary>
    public sealed record AddMember(ResourceName Cluster, HostAddress Host) : ClusterCommand(Cluster);

    /// <summary>Remove a host from the list.</summary>
    public sealed record RemoveMember(ResourceName Cluster, HostAddress Host) : ClusterCommand(Cluster);

    /// <summary>Replace the list, if it is the expected one; hosts that are new in it may have been listed meanwhile.</summary>
    public sealed record ReplaceMembers(ResourceName Cluster, ImmutableArray<HostAddress> Old, ImmutableArray<HostAddress> New)
        : ClusterCommand(Cluster);

    /// <summary>Start the cluster's actor if it is not running, and let it send what is outstanding.</summary>
    public sealed record Wake(ResourceName Cluster) : ClusterCommand(Cluster);

    /// <summary>From a host: it is a member with this status, and with the settings that the cluster confirmed; null for none.</summary>
    public sealed record ReportMember(ResourceName Cluster, HostAddress Host, ClusterSettings? Settings, HostStatus Status, string Reason)
        : ClusterCommand(Cluster)
    {
        /// <summary>How often the host has failed since it was registered.</summary>
        public int? Failures { get; init; }

        /// <summary>What the host follows: an image with its architecture. Null if its system is no image.</summary>
        public string? Follows { get; init; }
    }

    /// <summary>From a host: it is not a member.</summary>
    public sealed record MemberLeft(ResourceName Cluster, HostAddress Host) : ClusterCommand(Cluster)
    {
        /// <summary>What becomes of the node of the host; null if it has none.</summary>
        public NodeDeparture? Node { get; init; }
    }

    /// <summary>Start a run over the members, unless another run holds the cluster. The run replies to the sender.</summary>
    public sealed record StartRun(ResourceName Cluster, RunOptions Options, string By) : ClusterCommand(Cluster), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>Let a finished run hold the cluster again, unless another run does.</summary>
    public sealed record ReopenRun(ResourceName Cluster, RunId Run) : ClusterCommand(Cluster);

    /// <summary>From a run: it is finished.</summary>
    public sealed record EndRun(ResourceName Cluster, RunId Run) : ClusterCommand(Cluster);

    /// <summary>From a run: send it the health of the members.</summary>
    public sealed record DescribeMembers(ResourceName Cluster, RunId Run) : ClusterCommand(Cluster);
}

/// <summary>A query to a cluster.</summary>
[JsonDerivedType(typeof(ClusterQuery.Describe), "cluster/query/describe/1")]
[JsonDerivedType(typeof(ClusterQuery.Runs), "cluster/query/runs/1")]
[JsonDerivedType(typeof(ClusterQuery.PreviewRun), "cluster/query/preview-run/1")]
public abstract record ClusterQuery(ResourceName Cluster) : IForCluster
{
    /// <summary>Describe the cluster.</summary>
    public sealed record Describe(ResourceName Cluster) : ClusterQuery(Cluster);

    /// <summary>List the runs over the cluster. Answered also after the cluster was deleted.</summary>
    public sealed record Runs(ResourceName Cluster) : ClusterQuery(Cluster);

    /// <summary>Return the message that a run would begin with; nothing starts.</summary>
    public sealed record PreviewRun(ResourceName Cluster, RunOptions Options, string By) : ClusterQuery(Cluster);
}

/// <summary>A reply of a cluster.</summary>
[JsonDerivedType(typeof(ClusterReply.Described), "cluster/reply/described/1")]
[JsonDerivedType(typeof(ClusterReply.Forgotten), "cluster/reply/forgotten/1")]
[JsonDerivedType(typeof(ClusterReply.Refused), "cluster/reply/refused/1")]
[JsonDerivedType(typeof(ClusterReply.Reopened), "cluster/reply/reopened/1")]
[JsonDerivedType(typeof(ClusterReply.HeldBy), "cluster/reply/held-by/1")]
[JsonDerivedType(typeof(ClusterReply.Runs), "cluster/reply/runs/1")]
[JsonDerivedType(typeof(ClusterReply.RunPreviewed), "cluster/reply/run-previewed/1")]
public abstract record ClusterReply
{
    private ClusterReply() { }

    /// <summary>The command was accepted, or changed nothing; this is the cluster now.</summary>
    public sealed record Described(ClusterView View) : ClusterReply;

    /// <summary>The cluster was deleted.</summary>
    public sealed record Forgotten : ClusterReply
    {
        /// <summary>What becomes of the nodes of its hosts; null if they had none.</summary>
        public ImmutableArray<DepartedNode>? Nodes { get; init; }
    }

    /// <summary>The run holds the cluster again.</summary>
    public sealed record Reopened : ClusterReply;

    /// <summary>Another run holds the cluster; nothing changed.</summary>
    public sealed record HeldBy(RunId Run, RunVerb Verb) : ClusterReply;

    /// <summary>The runs over the cluster, oldest first.</summary>
    public sealed record Runs(ImmutableArray<ClusterRun> All) : ClusterReply;

    /// <summary>The message that a run would begin with.</summary>
    public sealed record RunPreviewed(RunCommand.Begin Begin) : ClusterReply;

    /// <summary>The command was refused; nothing changed.</summary>
    public sealed record Refused(ClusterRefusal Why) : ClusterReply;
}

/// <summary>What becomes of the node of a host whose cluster was deleted.</summary>
public sealed record DepartedNode(HostAddress Host, NodeDeparture Node);

/// <summary>Why a cluster refuses a command.</summary>
public enum ClusterRefusal
{
    /// <summary>The cluster does not exist.</summary>
    NotFound,

    /// <summary>A cluster of this name was deleted, and not all of its hosts have acknowledged it.</summary>
    StillLeaving,

    /// <summary>The list of members is not the expected one.</summary>
    MembersChanged,
}

/// <summary>A run as its cluster records it.</summary>
public sealed record ClusterRun(RunId Run, RunOptions Options, string By, DateTimeOffset StartedAt) : ITraced
{
    /// <inheritdoc />
    public string? Trace { get; init; }
}
