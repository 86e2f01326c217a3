using Commissaire.Networks;

namespace Commissaire.Clusters;

/// <summary>What a cluster sets for its hosts.</summary>
/// <param name="Network">The network that they are bootstrapped for.</param>
/// <param name="Manager">The container manager that they are nodes of; null for none.</param>
public sealed record ClusterSettings(NetworkDefinition Network, ClusterManager? Manager);

/// <summary>The container manager of a cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Join">How hosts become its nodes.</param>
public sealed record ClusterManager(ResourceName Name, NodeJoin Join);

/// <summary>How a host becomes a node of a container manager.</summary>
public enum NodeJoin
{
    /// <summary>Commissaire creates the Node object.</summary>
    Register,

    /// <summary>The host runs <c>kubeadm join</c>, and its kubelet creates the Node object.</summary>
    Kubeadm,
}
