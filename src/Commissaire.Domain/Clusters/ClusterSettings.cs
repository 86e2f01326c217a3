using System.Text.Json.Serialization;
using Commissaire.Networks;

namespace Commissaire.Clusters;

/// <summary>The network that a cluster bootstraps its hosts for, and the container manager of its nodes; null for none.</summary>
public sealed record ClusterSettings(NetworkDefinition Network, ClusterManager? Manager)
{
    /// <summary>Whether its hosts are bootstrapped or adopted, unless their registration says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public BootstrapPolicy Bootstrap { get; init; }
}

/// <summary>The container manager of a cluster, and how hosts become its nodes.</summary>
public sealed record ClusterManager(ResourceName Name, NodeJoin Join);

/// <summary>How a host becomes a node of a container manager.</summary>
public enum NodeJoin
{
    /// <summary>Commissaire creates the Node object.</summary>
    Register,

    /// <summary>The host runs <c>kubeadm join</c>, and its kubelet creates the Node object.</summary>
    Kubeadm,
}
