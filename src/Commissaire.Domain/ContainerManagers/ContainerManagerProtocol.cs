using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commissaire.Clusters;
using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.ContainerManagers;

/// <summary>The kinds of container manager. The names in JSON are these in lower case.</summary>
public enum ContainerManagerType
{
    /// <summary>OpenShift.</summary>
    OpenShift,

    /// <summary>Kubernetes.</summary>
    Kubernetes,

    /// <summary>None at all: keeps a list of nodes, so that everything around a container manager can be tried without one.</summary>
    Trivial,
}

/// <summary>A message for one container manager: all that routing needs.</summary>
public interface IForContainerManager
{
    /// <summary>The container manager it is for.</summary>
    ResourceName Manager { get; }
}

/// <summary>Everything a container manager can be told.</summary>
[JsonDerivedType(typeof(ContainerManagerCommand.Put), "container-manager/command/put/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.Delete), "container-manager/command/delete/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.Describe), "container-manager/command/describe/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.DescribeNode), "container-manager/command/describe-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.RemoveNode), "container-manager/command/remove-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.TakeNodeStep), "container-manager/command/take-node-step/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.EnsureNode), "container-manager/command/ensure-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.GetReadiness), "container-manager/command/get-readiness/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.PrepareJoin), "container-manager/command/prepare-join/1")]
public abstract record ContainerManagerCommand(ResourceName Manager) : IForContainerManager
{
    /// <summary>Be this. Repeating it changes nothing.</summary>
    /// <param name="Manager">Its name.</param>
    /// <param name="Type">Its kind.</param>
    /// <param name="Options">Its options, with a mask in place of every secret one.</param>
    /// <param name="Secrets">The secret options as they were offered.</param>
    public sealed record Put(ResourceName Manager, ContainerManagerType Type, OptionSet Options, ImmutableArray<OfferedSecret> Secrets)
        : ContainerManagerCommand(Manager);

    /// <summary>Be gone. Repeating it changes nothing.</summary>
    public sealed record Delete(ResourceName Manager) : ContainerManagerCommand(Manager);

    /// <summary>From a host: let me join as a node. Repeating it makes what was handed out before worthless.</summary>
    public sealed record PrepareJoin(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>How are you?</summary>
    public sealed record Describe(ResourceName Manager) : ContainerManagerCommand(Manager);

    /// <summary>How is this node?</summary>
    public sealed record DescribeNode(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>From a host: have my node, as a member of this cluster. Repeating it changes nothing.</summary>
    public sealed record EnsureNode(ResourceName Manager, HostAddress Host, ResourceName? Cluster) : ContainerManagerCommand(Manager);

    /// <summary>From a host: say whether my node can carry work.</summary>
    public sealed record GetReadiness(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>From a host: have my node no more. Repeating it changes nothing.</summary>
    public sealed record RemoveNode(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>From a host: work on a step of its turn that concerns its node, and say how far it is. Repeated until it is done.</summary>
    /// <param name="Manager">The manager.</param>
    /// <param name="Host">The host.</param>
    /// <param name="Run">The run whose turn it is; a cordon is remembered as its own.</param>
    /// <param name="Step">One of the steps of <see cref="TurnSteps"/> that concern a node.</param>
    /// <param name="Force">Whether what does not go by itself is to be ended.</param>
    /// <param name="BootId">The boot the host is in.</param>
    /// <param name="After">When the host was told to reboot: what a node said before that proves nothing.</param>
    public sealed record TakeNodeStep(ResourceName Manager, HostAddress Host, RunId Run, string Step, bool Force, string BootId, DateTimeOffset After) : ContainerManagerCommand(Manager);
}

/// <summary>A secret option as it was offered; the secret store holds it.</summary>
/// <param name="Option">The option's name.</param>
/// <param name="SecretId">Where the secret store holds it.</param>
/// <param name="Digests">Keyed digests, one for each key of the secret store; the first is the one to record.</param>
public sealed record OfferedSecret(string Option, string SecretId, ImmutableArray<string> Digests);

/// <summary>A secret option as it is remembered.</summary>
public sealed record KeptSecret(string Option, string SecretId, string Digest);

/// <summary>What a container manager answers.</summary>
[JsonDerivedType(typeof(ContainerManagerReply.Created), "container-manager/reply/created/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Described), "container-manager/reply/described/1")]
[JsonDerivedType(typeof(ContainerManagerReply.NotFound), "container-manager/reply/not-found/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Different), "container-manager/reply/different/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Node), "container-manager/reply/node/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Reached), "container-manager/reply/reached/1")]
[JsonDerivedType(typeof(ContainerManagerReply.NodeDetail), "container-manager/reply/node-detail/1")]
[JsonDerivedType(typeof(ContainerManagerReply.Renewed), "container-manager/reply/renewed/1")]
public abstract record ContainerManagerReply
{
    private ContainerManagerReply() { }

    /// <summary>It was created just now.</summary>
    public sealed record Created(ContainerManagerView View) : ContainerManagerReply;

    /// <summary>Its secret options are others from now on; the rest is what it was.</summary>
    public sealed record Renewed(ContainerManagerView View) : ContainerManagerReply;

    /// <summary>This is the container manager now.</summary>
    public sealed record Described(ContainerManagerView View) : ContainerManagerReply;

    /// <summary>This is the container manager now, and how it was found when it was last talked to.</summary>
    /// <param name="View">The container manager.</param>
    /// <param name="Reachable">Whether it answered.</param>
    /// <param name="LastError">What went wrong; empty when nothing did.</param>
    public sealed record Reached(ContainerManagerView View, bool Reachable, string LastError) : ContainerManagerReply;

    /// <summary>What is known of a node.</summary>
    public sealed record NodeDetail(ImmutableArray<NodeFact> Facts) : ContainerManagerReply;

    /// <summary>There is no such container manager (any more).</summary>
    public sealed record NotFound : ContainerManagerReply;

    /// <summary>It exists, and is different; nothing changed.</summary>
    public sealed record Different : ContainerManagerReply;

    /// <summary>How a node is; null when the manager has none for the host.</summary>
    public sealed record Node(string? Status) : ContainerManagerReply;
}

/// <summary>Something known of a node.</summary>
/// <param name="Name">What.</param>
/// <param name="Value">Its value.</param>
public sealed record NodeFact(string Name, string Value);

/// <summary>A container manager as others see it.</summary>
public sealed record ContainerManagerView(ResourceName Name, ContainerManagerType Type, OptionSet Options)
{
    /// <summary>How hosts become its nodes.</summary>
    [JsonIgnore]
    public NodeJoin Join => Type != ContainerManagerType.Trivial && Options.Text("join") == "kubeadm" ? NodeJoin.Kubeadm : NodeJoin.Register;
}

/// <summary>What happened to a container manager.</summary>
/// <param name="At">When.</param>
[JsonDerivedType(typeof(ContainerManagerEvent.Created), "container-manager/created/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.Deleted), "container-manager/deleted/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.NodeAdded), "container-manager/node-added/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.NodeRemoved), "container-manager/node-removed/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.NodeCordoned), "container-manager/node-cordoned/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.NodeUncordoned), "container-manager/node-uncordoned/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.CredentialsRenewed), "container-manager/credentials-renewed/1")]
public abstract record ContainerManagerEvent(DateTimeOffset At)
{
    /// <summary>It came to be.</summary>
    public sealed record Created(ContainerManagerType Type, OptionSet Options, ImmutableArray<KeptSecret> Secrets, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>Its secret options are others from now on.</summary>
    public sealed record CredentialsRenewed(ImmutableArray<KeptSecret> Secrets, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>It was deleted.</summary>
    public sealed record Deleted(DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>It has a host's node. Written by the trivial kind, which is its own ledger.</summary>
    public sealed record NodeAdded(HostAddress Host, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>It has a host's node no more. Written by the trivial kind.</summary>
    public sealed record NodeRemoved(HostAddress Host, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>No new work is put on a node. Written by the trivial kind.</summary>
    public sealed record NodeCordoned(HostAddress Host, RunId Run, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>Work is put on a node again. Written by the trivial kind.</summary>
    public sealed record NodeUncordoned(HostAddress Host, RunId Run, DateTimeOffset At) : ContainerManagerEvent(At);
}
