using System.Text.Json.Serialization;

namespace Commissaire.ContainerManagers;

/// <summary>An event in the journal of a container manager.</summary>
[JsonDerivedType(typeof(ContainerManagerEvent.Created), "container-manager/created/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.Deleted), "container-manager/deleted/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.NodeAdded), "container-manager/node-added/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.NodeRemoved), "container-manager/node-removed/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.NodeCordoned), "container-manager/node-cordoned/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.NodeUncordoned), "container-manager/node-uncordoned/1")]
[JsonDerivedType(typeof(ContainerManagerEvent.CredentialsRenewed), "container-manager/credentials-renewed/1")]
public abstract record ContainerManagerEvent(DateTimeOffset At)
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>The container manager was created.</summary>
    public sealed record Created(
        ContainerManagerType Type, OptionSet Options, ImmutableArray<KeptSecret> Secrets, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>Its secrets were replaced.</summary>
    public sealed record CredentialsRenewed(ImmutableArray<KeptSecret> Secrets, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>The container manager was deleted.</summary>
    public sealed record Deleted(DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>A node was added. Only the trivial type records it.</summary>
    public sealed record NodeAdded(HostAddress Host, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>A node was removed. Only the trivial type records it.</summary>
    public sealed record NodeRemoved(HostAddress Host, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>A run cordoned a node. Only the trivial type records it.</summary>
    public sealed record NodeCordoned(HostAddress Host, RunId Run, DateTimeOffset At) : ContainerManagerEvent(At);

    /// <summary>A run uncordoned a node. Only the trivial type records it.</summary>
    public sealed record NodeUncordoned(HostAddress Host, RunId Run, DateTimeOffset At) : ContainerManagerEvent(At);
}

/// <summary>A secret option as the journal records it.</summary>
public sealed record KeptSecret(string Option, string SecretId, string Digest);
