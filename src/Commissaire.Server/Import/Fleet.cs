using Commissaire.Contracts.Clusters;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Contracts.Hosts;
using Commissaire.Contracts.Networks;

namespace Commissaire.Import;

/// <summary>What a source describes, as the requests that register it. Every request has its name or address.</summary>
internal sealed record Fleet
{
    /// <summary>Container managers, which clusters name.</summary>
    public IReadOnlyList<PutContainerManagerRequest> ContainerManagers { get; init; } = [];

    /// <summary>Networks, which clusters name.</summary>
    public IReadOnlyList<PutNetworkRequest> Networks { get; init; } = [];

    /// <summary>Clusters. An absent network or container manager means: the one that the cluster has.</summary>
    public IReadOnlyList<PutClusterRequest> Clusters { get; init; } = [];

    /// <summary>Hosts, each with its key and with bootstrap <c>never</c>.</summary>
    public IReadOnlyList<FleetHost> Hosts { get; init; } = [];

    /// <summary>Objects of the source that cannot be registered, with the reason.</summary>
    public IReadOnlyList<FleetObject> NotTaken { get; init; } = [];

    /// <summary>What no import takes over, such as <c>3 records of operations</c>.</summary>
    public IReadOnlyList<string> LeftBehind { get; init; } = [];
}

/// <summary>A host of a source, and its name there if that is not the address.</summary>
internal sealed record FleetHost(RegisterHostRequest Request, string? Name = null)
{
    /// <summary>The value of <c>bootstrap</c> of every imported host: it is adopted as it is.</summary>
    public static readonly string Adopted = BootstrapPolicy.Never.ToWireName();
}

/// <summary>An object of a source, with what became of it.</summary>
/// <param name="Kind">One of <see cref="FleetKind"/>, or what else the source calls it.</param>
/// <param name="Name">Its name or address.</param>
/// <param name="Detail">The reason, or a remark; null for none. Never contains a secret.</param>
internal sealed record FleetObject(string Kind, string Name, string? Detail = null);

/// <summary>The kinds of objects, as they are printed.</summary>
internal static class FleetKind
{
    public const string ContainerManager = "container manager";
    public const string Network = "network";
    public const string Cluster = "cluster";
    public const string Host = "host";
}

/// <summary>The key in base64 and the user of hosts for which the source names none; a null key if such hosts have none.</summary>
internal sealed record FallbackLogin(string? PrivateKey, string User);
