using System.Text.Json.Serialization;

namespace Commissaire.Clusters;

/// <summary>A query to a cluster.</summary>
[JsonDerivedType(typeof(ClusterQuery.Describe), "cluster/query/describe/1")]
[JsonDerivedType(typeof(ClusterQuery.Runs), "cluster/query/runs/1")]
public abstract record ClusterQuery(ResourceName Cluster) : IForCluster
{
    /// <summary>Describe the cluster.</summary>
    public sealed record Describe(ResourceName Cluster) : ClusterQuery(Cluster);

    /// <summary>List the runs over the cluster. Answered also after the cluster was deleted.</summary>
    public sealed record Runs(ResourceName Cluster) : ClusterQuery(Cluster);
}

/// <summary>A reply of a cluster.</summary>
[JsonDerivedType(typeof(ClusterReply.Described), "cluster/reply/described/1")]
[JsonDerivedType(typeof(ClusterReply.Forgotten), "cluster/reply/forgotten/1")]
[JsonDerivedType(typeof(ClusterReply.Refused), "cluster/reply/refused/1")]
[JsonDerivedType(typeof(ClusterReply.Reopened), "cluster/reply/reopened/1")]
[JsonDerivedType(typeof(ClusterReply.HeldBy), "cluster/reply/held-by/1")]
[JsonDerivedType(typeof(ClusterReply.Runs), "cluster/reply/runs/1")]
public abstract record ClusterReply
{
    private ClusterReply() { }

    /// <summary>The command was accepted, or changed nothing; this is the cluster now.</summary>
    public sealed record Described(ClusterView View) : ClusterReply;

    /// <summary>The cluster was deleted.</summary>
    public sealed record Forgotten : ClusterReply;

    /// <summary>The run holds the cluster again.</summary>
    public sealed record Reopened : ClusterReply;

    /// <summary>Another run holds the cluster; nothing changed.</summary>
    public sealed record HeldBy(RunId Run, RunVerb Verb) : ClusterReply;

    /// <summary>The runs over the cluster, oldest first.</summary>
    public sealed record Runs(ImmutableArray<ClusterRun> All) : ClusterReply;

    /// <summary>The command was refused; nothing changed.</summary>
    public sealed record Refused(ClusterRefusal Why) : ClusterReply;
}

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
