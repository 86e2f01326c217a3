namespace Commissaire.Clusters;

/// <summary>A cluster as others see it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status">Its status.</param>
/// <param name="Reason">The reason for its status.</param>
/// <param name="Network">The network of its hosts.</param>
/// <param name="Manager">The container manager of its hosts; null for none.</param>
/// <param name="Members">Its hosts, sorted.</param>
/// <param name="Available">How many of its hosts can carry work.</param>
public sealed record ClusterView(
    ResourceName Name, ClusterStatus Status, string Reason, ResourceName Network, ResourceName? Manager,
    ImmutableArray<HostAddress> Members, int Available);

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
