using System.Text.Json.Serialization;
using Commissaire.Clusters;

namespace Commissaire.ContainerManagers;

/// <summary>A message to one container manager.</summary>
public interface IForContainerManager
{
    /// <summary>The container manager that receives the message.</summary>
    ResourceName Manager { get; }
}

/// <summary>A command to a container manager.</summary>
[JsonDerivedType(typeof(ContainerManagerCommand.Put), "container-manager/command/put/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.Delete), "container-manager/command/delete/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.Describe), "container-manager/command/describe/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.DescribeNode), "container-manager/command/describe-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.PreviewNode), "container-manager/command/preview-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.RemoveNode), "container-manager/command/remove-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.TakeNodeStep), "container-manager/command/take-node-step/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.EnsureNode), "container-manager/command/ensure-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.FindNode), "container-manager/command/find-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.GetReadiness), "container-manager/command/get-readiness/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.PrepareJoin), "container-manager/command/prepare-join/1")]
public abstract record ContainerManagerCommand(ResourceName Manager) : IForContainerManager
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Create the container manager, or renew its secrets, which its options mask. Repeating it changes nothing.</summary>
    public sealed record Put(ResourceName Manager, ContainerManagerType Type, OptionSet Options, ImmutableArray<OfferedSecret> Secrets)
        : ContainerManagerCommand(Manager);

    /// <summary>Delete the container manager. Repeating it changes nothing.</summary>
    public sealed record Delete(ResourceName Manager) : ContainerManagerCommand(Manager);

    /// <summary>Describe the container manager.</summary>
    public sealed record Describe(ResourceName Manager) : ContainerManagerCommand(Manager);

    /// <summary>Describe the node of a host.</summary>
    public sealed record DescribeNode(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>Find the node of a host, and try without effect to drain it; nothing changes.</summary>
    public sealed record PreviewNode(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager)
    {
        /// <summary>Whether to try the eviction of each pod.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Drains { get; init; }
    }

    /// <summary>From a host: prepare a configuration to join with. Each one revokes the previous one.</summary>
    public sealed record PrepareJoin(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>From a host: have a node for it, as a member of a cluster. Repeating it changes nothing.</summary>
    public sealed record EnsureNode(ResourceName Manager, HostAddress Host, ResourceName? Cluster) : ContainerManagerCommand(Manager)
    {
        /// <summary>Whether the host's own kubelet registers the node, so that none is created.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Existing { get; init; }
    }

    /// <summary>From a host: search for its node, and change nothing.</summary>
    public sealed record FindNode(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>From a host: report whether its node can carry work.</summary>
    public sealed record GetReadiness(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager)
    {
        /// <summary>The cluster of the host, with which its node is labelled; null for none.</summary>
        public ResourceName? Cluster { get; init; }
    }

    /// <summary>From a host: remove its node. Repeating it changes nothing.</summary>
    public sealed record RemoveNode(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager)
    {
        /// <summary>
        /// The start of a join that the host left unfinished: also remove a newer node of it that no host claims. Null for none.
        /// </summary>
        public DateTimeOffset? JoinedSince { get; init; }

        /// <summary>Whether to keep the node, and to take off the labels and annotations of Commissaire only.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Release { get; init; }
    }

    /// <summary>
    /// From a host: take a step of its turn on its node, and report the progress. Repeated until it is done. If forced, delete pods that
    /// were not evicted. A node status from before <paramref name="After"/>, when the step started, proves nothing.
    /// </summary>
    public sealed record TakeNodeStep(
        ResourceName Manager, HostAddress Host, RunId Run, string Step, bool Force, string BootId, DateTimeOffset After)
            : ContainerManagerCommand(Manager)
    {
        /// <summary>The longest grace period of pods that are deleted; null for the default.</summary>
        public TimeSpan? ForceGrace { get; init; }
    }
}

/// <summary>A secret option, with a keyed digest for each key of the secret store; the first is recorded.</summary>
public sealed record OfferedSecret(string Option, EncryptedSecret Secret, ImmutableArray<string> Digests);

/// <summary>A reply of a container manager.</summary>
[JsonDerivedType(typeof(ContainerManagerReply.Created), "container-manager/reply/created/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Described), "container-manager/reply/described/1")]
[JsonDerivedType(typeof(ContainerManagerReply.NotFound), "container-manager/reply/not-found/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Different), "container-manager/reply/different/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Node), "container-manager/reply/node/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Reached), "container-manager/reply/reached/1")]
[JsonDerivedType(typeof(ContainerManagerReply.NodeDetail), "container-manager/reply/node-detail/1")]
[JsonDerivedType(typeof(ContainerManagerReply.NodePreviewed), "container-manager/reply/node-previewed/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Renewed), "container-manager/reply/renewed/1")]
public abstract record ContainerManagerReply
{
    private ContainerManagerReply() { }

    /// <summary>The container manager was created by this command.</summary>
    public sealed record Created(ContainerManagerView View) : ContainerManagerReply;

    /// <summary>Its secrets were replaced; the rest is unchanged.</summary>
    public sealed record Renewed(ContainerManagerView View) : ContainerManagerReply;

    /// <summary>This is the container manager now.</summary>
    public sealed record Described(ContainerManagerView View) : ContainerManagerReply;

    /// <summary>This is the container manager now, and the result of the last request to its API.</summary>
    public sealed record Reached(ContainerManagerView View, bool Reachable, string LastError) : ContainerManagerReply;

    /// <summary>The facts of a node.</summary>
    public sealed record NodeDetail(ImmutableArray<NodeFact> Facts) : ContainerManagerReply;

    /// <summary>The name of a node, null for none, and its pods that a drain evicts; or why it could not be searched for.</summary>
    public sealed record NodePreviewed(string? NodeName, ImmutableArray<PodPreview> Pods, string? Problem) : ContainerManagerReply;

    /// <summary>The container manager does not exist.</summary>
    public sealed record NotFound : ContainerManagerReply;

    /// <summary>The container manager exists with other options; nothing changed.</summary>
    public sealed record Different : ContainerManagerReply;

    /// <summary>The status of a node; null when there is none for the host.</summary>
    public sealed record Node(string? Status) : ContainerManagerReply;
}

/// <summary>A pod that a drain evicts: why its eviction is refused now, by itself; null if it is not.</summary>
public sealed record PodPreview(string Namespace, string Name, string? Refusal);

/// <summary>A fact of a node.</summary>
public sealed record NodeFact(string Name, string Value);

/// <summary>The public state of a container manager.</summary>
public sealed record ContainerManagerView(ResourceName Name, ContainerManagerType Type, OptionSet Options)
{
    /// <summary>How hosts become its nodes.</summary>
    [JsonIgnore]
    public NodeJoin Join =>
        Type != ContainerManagerType.Trivial && Options.Text("join") == "kubeadm" ? NodeJoin.Kubeadm : NodeJoin.Register;
}

/// <summary>The types of container manager. The names in JSON are these in lower case.</summary>
public enum ContainerManagerType
{
    /// <summary>OpenShift.</summary>
    OpenShift,

    /// <summary>Kubernetes.</summary>
    Kubernetes,

    /// <summary>No API: it keeps a list of nodes, to try Commissaire without Kubernetes.</summary>
    Trivial,
}
