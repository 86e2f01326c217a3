using System.Text.Json.Serialization;
using Commissaire.Clusters;

namespace Commissaire.ContainerManagers;

/// <summary>A reply of a container manager.</summary>
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

    /// <summary>The container manager does not exist.</summary>
    public sealed record NotFound : ContainerManagerReply;

    /// <summary>The container manager exists with other options; nothing changed.</summary>
    public sealed record Different : ContainerManagerReply;

    /// <summary>The status of a node; null when there is none for the host.</summary>
    public sealed record Node(string? Status) : ContainerManagerReply;
}

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
