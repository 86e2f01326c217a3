using System.Collections.Immutable;

namespace Commissaire.ContainerManagers;

/// <summary>
/// A client of one container manager's API. All operations may be repeated after a timeout or a crash, and run concurrently for different
/// hosts. They throw the exceptions of the API's client if the API is unreachable or rejects a request, and <see
/// cref="OperationCanceledException"/> if the caller cancels or a request times out; the state of the node is then unknown.
/// </summary>
internal interface IContainerManager : IDisposable
{
    /// <summary>The result of <see cref="EnsureNode"/> while it waits for the host's kubelet.</summary>
    const string NodeNotRegistered = "its kubelet has not registered the node";

    /// <summary>Sends one cheap request, and returns if the API is reachable and accepts the credentials.</summary>
    Task Probe(CancellationToken ct);

    /// <summary>
    /// Adopts the node of a host or creates one, but never takes over another host's node. None is created if it is the kubelet of the host
    /// that registers it. Returns the reason why the host has no node yet, or null.
    /// </summary>
    Task<string?> EnsureNode(HostAddress host, ResourceName? cluster, NodeOrigin origin, CancellationToken ct);

    /// <summary>Returns the name of the node of a host, null for none, and changes nothing.</summary>
    Task<string?> FindNode(HostAddress host, CancellationToken ct);

    /// <summary>
    /// Asks the API for each pod that a drain of the host's node would evict whether it would be evicted now, by itself, and changes
    /// nothing. None without a node.
    /// </summary>
    Task<ImmutableArray<PodPreview>> PreviewDrain(HostAddress host, CancellationToken ct);

    /// <summary>
    /// Takes the labels and annotations of Commissaire off the node of a host, which stays. Succeeds if there is no node, or that of
    /// another host.
    /// </summary>
    Task Release(HostAddress host, CancellationToken ct);

    /// <summary>
    /// Deletes the node of a host, and revokes its join credentials if hosts <paramref name="join"/> by kubeadm. Keeps nodes that are not
    /// labelled as this host's, unless no host claims them and they are newer than an unfinished join, and succeeds if there is no node.
    /// </summary>
    Task Remove(HostAddress host, bool join, DateTimeOffset? joinedSince, CancellationToken ct);

    /// <summary>
    /// Reports whether the node of a host is ready and schedulable. <c>Reason</c> is empty if it is. A node that its kubelet registered
    /// again gets the labels of the host and its cluster back.
    /// </summary>
    Task<(bool Usable, string Reason)> GetReadiness(HostAddress host, ResourceName? cluster, CancellationToken ct);

    /// <summary>Advances a step of a turn (cordon, drain, node-ready, uncordon) without waiting: call it until the step is done.</summary>
    Task<StepProgress> TakeStep(ContainerManagerCommand.TakeNodeStep step, CancellationToken ct);

    /// <summary>Returns facts about the node of a host for display; none if there is no node.</summary>
    Task<ImmutableArray<NodeFact>> Describe(HostAddress host, CancellationToken ct);

    /// <summary>Returns a kubeadm configuration with a new bootstrap token, and revokes the host's earlier tokens.</summary>
    /// <exception cref="FormatException">The options do not name the certificate authority of the API.</exception>
    Task<string> PrepareJoin(HostAddress host, CancellationToken ct);
}

/// <summary>Who makes the node of a host.</summary>
internal enum NodeOrigin
{
    /// <summary>Commissaire creates the Node object.</summary>
    Created,

    /// <summary>The host joined with kubeadm, whose credentials are revoked once its kubelet has registered the node.</summary>
    Joined,

    /// <summary>The host was in service before, and its kubelet registers the node.</summary>
    Existing,
}
