using System.Text.Json.Serialization;

namespace Commissaire.Clusters;

/// <summary>An event in the journal of a cluster.</summary>
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
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>The cluster was created.</summary>
    public sealed record Created(ClusterSettings Settings, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>The cluster got another network or container manager.</summary>
    public sealed record Changed(ClusterSettings Settings, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>A host was listed.</summary>
    public sealed record MemberAdded(HostAddress Host, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>A host was removed from the list.</summary>
    public sealed record MemberRemoved(HostAddress Host, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>The status of a member changed.</summary>
    public sealed record MemberReported(HostAddress Host, HostStatus Status, string Reason, DateTimeOffset At) : ClusterEvent(At)
    {
        /// <summary>The failure count of the host at that time; null if not counted.</summary>
        public int? Failures { get; init; }

        /// <summary>What the host follows; null if its system is no image.</summary>
        public string? Follows { get; init; }
    }

    /// <summary>A run was started, and holds the cluster.</summary>
    public sealed record RunStarted(RunId Run, RunOptions Options, string By, DateTimeOffset At) : ClusterEvent(At), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>A finished run holds the cluster again.</summary>
    public sealed record RunReopened(RunId Run, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>The run that held the cluster is finished.</summary>
    public sealed record RunEnded(RunId Run, DateTimeOffset At) : ClusterEvent(At);

    /// <summary>The cluster was deleted; messages to its hosts are outstanding.</summary>
    public sealed record Deleted(DateTimeOffset At) : ClusterEvent(At)
    {
        /// <summary>What to do with the nodes of its hosts; null for what suits each host.</summary>
        public NodeDisposal? Nodes { get; init; }
    }

    /// <summary>A host acknowledged the deletion.</summary>
    public sealed record DeletionAcknowledged(HostAddress Host, DateTimeOffset At) : ClusterEvent(At)
    {
        /// <summary>What becomes of the node of the host; null if it has none.</summary>
        public NodeDeparture? Node { get; init; }
    }
}
