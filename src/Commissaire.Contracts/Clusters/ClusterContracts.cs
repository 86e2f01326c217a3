namespace Commissaire.Contracts.Clusters;

/// <summary>A cluster, as <c>GET /api/v0/cluster/{name}</c> shows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Status"><c>ok</c>, <c>degraded</c> or <c>failed</c>.</param>
/// <param name="Network">The network of its hosts.</param>
/// <param name="Hostset">The addresses of its hosts, sorted.</param>
/// <param name="ContainerManager">The container manager of its hosts; empty for none.</param>
/// <param name="Hosts">How many of them are available.</param>
/// <param name="Reason">Why the status is what it is.</param>
public sealed record ClusterResource(
    string Name, string Status, string Network, IReadOnlyList<string> Hostset, string ContainerManager, HostCounts Hosts, string Reason);

/// <summary>How many hosts of a cluster are available.</summary>
public sealed record HostCounts(int Total, int Available, int Unavailable);

/// <summary>A cluster as it is answered to a PUT.</summary>
public sealed record ClusterSummary(string Name, string Status, string Network, string ContainerManager);

/// <summary>A cluster as it is answered to a PUT of its member list.</summary>
public sealed record ClusterMembers(string Name, string Status, string Network, IReadOnlyList<string> Hostset, string ContainerManager);

/// <summary>The body of <c>PUT /api/v0/cluster/{name}</c>; everything is optional.</summary>
public sealed record PutClusterRequest
{
    /// <summary>Its name, if it is to stand here too; it must be that of the path.</summary>
    public string? Name { get; init; }

    /// <summary>The network of its hosts; one that does not exist becomes <c>default</c>.</summary>
    public string? Network { get; init; }

    /// <summary>The container manager of its hosts; empty for none.</summary>
    public string? ContainerManager { get; init; }

    /// <summary>Taken and ignored.</summary>
    public string? Type { get; init; }

    /// <summary>Taken and ignored.</summary>
    public string? Status { get; init; }

    /// <summary>Taken and ignored.</summary>
    public IReadOnlyList<string>? Hostset { get; init; }
}

/// <summary>The body of <c>PUT /api/v0/cluster/{name}/hosts</c>: a list that replaces another, provided that it is still that one.</summary>
public sealed record ReplaceMembersRequest
{
    /// <summary>The list as it is believed to be.</summary>
    public IReadOnlyList<string>? Old { get; init; }

    /// <summary>The list as it is to be.</summary>
    public IReadOnlyList<string>? New { get; init; }
}
