using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Commissaire.Contracts.Clusters;

/// <summary>A cluster, as <c>GET /api/v0/cluster/{name}</c> returns it.</summary>
/// <param name="Name">The name of the cluster.</param>
/// <param name="Status"><c>ok</c>: all hosts are available; <c>degraded</c>: some are; <c>failed</c>: none is.</param>
/// <param name="Network">The network of the hosts.</param>
/// <param name="Hostset">The addresses of the hosts, sorted.</param>
/// <param name="ContainerManager">The container manager of the hosts; empty if there is none.</param>
/// <param name="Hosts">The number of available and unavailable hosts.</param>
/// <param name="Reason">Why the cluster has this status. For people; the wording may change.</param>
/// <example>
/// {"name": "demo", "status": "ok", "network": "default", "hostset": ["10.0.0.1"], "container_manager": "k8s",
/// "hosts": {"total": 1, "available": 1, "unavailable": 0}, "reason": "All hosts are available."}
/// </example>
public sealed record ClusterResource(
    string Name, [property: AllowedValues("ok", "degraded", "failed")] string Status, string Network, IReadOnlyList<string> Hostset,
    string ContainerManager, HostCounts Hosts, string Reason)
{
    /// <summary><c>always</c> or <c>never</c>: whether its hosts are bootstrapped; absent for <c>auto</c>.</summary>
    [AllowedValues("always", "never")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bootstrap { get; init; }
}

/// <summary>The number of hosts of a cluster, by availability.</summary>
/// <param name="Total">All hosts of the cluster.</param>
/// <param name="Available">Hosts that are <c>active</c>; in a cluster without container manager, <c>disassociated</c> hosts too.</param>
/// <param name="Unavailable">All other hosts.</param>
public sealed record HostCounts(int Total, int Available, int Unavailable);

/// <summary>A cluster, as the response to <c>PUT /api/v0/cluster/{name}</c>.</summary>
/// <param name="Name">The name of the cluster.</param>
/// <param name="Status"><c>ok</c>, <c>degraded</c> or <c>failed</c>.</param>
/// <param name="Network">The network of the hosts.</param>
/// <param name="ContainerManager">The container manager of the hosts; empty if there is none.</param>
/// <example>{"name": "demo", "status": "ok", "network": "default", "container_manager": "k8s"}</example>
public sealed record ClusterSummary(
    string Name, [property: AllowedValues("ok", "degraded", "failed")] string Status, string Network, string ContainerManager)
{
    /// <summary><c>always</c> or <c>never</c>: whether its hosts are bootstrapped; absent for <c>auto</c>.</summary>
    [AllowedValues("always", "never")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bootstrap { get; init; }
}

/// <summary>A cluster and its hosts, as the response to <c>PUT /api/v0/cluster/{name}/hosts</c>.</summary>
/// <param name="Name">The name of the cluster.</param>
/// <param name="Status"><c>ok</c>, <c>degraded</c> or <c>failed</c>.</param>
/// <param name="Network">The network of the hosts.</param>
/// <param name="Hostset">The addresses of the hosts, sorted.</param>
/// <param name="ContainerManager">The container manager of the hosts; empty if there is none.</param>
/// <example>
/// {"name": "demo", "status": "ok", "network": "default", "hostset": ["10.0.0.1", "10.0.0.2"], "container_manager": "k8s"}
/// </example>
public sealed record ClusterMembers(
    string Name, [property: AllowedValues("ok", "degraded", "failed")] string Status, string Network, IReadOnlyList<string> Hostset,
    string ContainerManager);

/// <summary>The body of <c>PUT /api/v0/cluster/{name}</c>. Every field is optional; an absent field keeps its value.</summary>
/// <example>{"network": "default", "container_manager": "k8s"}</example>
public sealed record PutClusterRequest
{
    /// <summary>The name of the cluster. Must equal the name in the path.</summary>
    public string? Name { get; init; }

    /// <summary>The network of the hosts. Default in a new cluster: <c>default</c>, which also replaces an unknown network.</summary>
    public string? Network { get; init; }

    /// <summary>The container manager of the hosts; empty for none. Must exist. Default in a new cluster: none.</summary>
    public string? ContainerManager { get; init; }

    /// <summary>
    /// Whether hosts without a <c>bootstrap</c> of their own are bootstrapped: <c>auto</c> (unless they are in service), <c>always</c> or
    /// <c>never</c>. Default in a new cluster: <c>auto</c>.
    /// </summary>
    [AllowedValues("auto", "always", "never")]
    public string? Bootstrap { get; init; }

    /// <summary>Ignored.</summary>
    [Browsable(false)]
    public string? Type { get; init; }

    /// <summary>Ignored: set by the server.</summary>
    [Browsable(false)]
    public string? Status { get; init; }

    /// <summary>Ignored: set by the server.</summary>
    [Browsable(false)]
    public IReadOnlyList<string>? Hostset { get; init; }
}

/// <summary>The body of <c>PUT /api/v0/cluster/{name}/hosts</c>: replaces the list of hosts if it still equals <c>old</c>.</summary>
/// <example>{"old": ["10.0.0.1"], "new": ["10.0.0.1", "10.0.0.2"]}</example>
public sealed record ReplaceMembersRequest
{
    /// <summary>The addresses that the client expects in the cluster. Required.</summary>
    [Required]
    public IReadOnlyList<string>? Old { get; init; }

    /// <summary>The addresses that the cluster gets. Required.</summary>
    [Required]
    public IReadOnlyList<string>? New { get; init; }
}
