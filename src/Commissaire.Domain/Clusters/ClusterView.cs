using System.Text.Json.Serialization;

namespace Commissaire.Clusters;

/// <summary>The public state of a cluster, with its members sorted, and the number of members that can carry work.</summary>
public sealed record ClusterView(
    ResourceName Name, ClusterStatus Status, string Reason, ResourceName Network, ResourceName? Manager,
    ImmutableArray<HostAddress> Members, int Available)
{
    /// <summary>Whether its hosts are bootstrapped or adopted, unless their registration says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public BootstrapPolicy Bootstrap { get; init; }

    /// <summary>The settings of its hosts; null in replies of an older process.</summary>
    public ClusterSettings? Settings { get; init; }
}

/// <summary>The status of a cluster. The names in JSON are these in lower case.</summary>
public enum ClusterStatus
{
    /// <summary>All hosts are available, or there are none.</summary>
    Ok,

    /// <summary>Some hosts are available.</summary>
    Degraded,

    /// <summary>No host is available.</summary>
    Failed,
}
