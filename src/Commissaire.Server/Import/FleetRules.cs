using Commissaire.ContainerManagers;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Contracts.Clusters;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Contracts.Hosts;
using Commissaire.Contracts.Networks;
using Commissaire.Networks;
using Commissaire.Shell;

namespace Commissaire.Import;

/// <summary>
/// Compares objects of a fleet with the server's, and applies the rules of the routes beforehand, so that a dry run finds the same
/// problems.
/// </summary>
internal static class FleetRules
{
    private static readonly string[] FileOptions = ["ca", "certificate_path", "certificate_key_path", "kubeconfig"];

    /// <summary>Why a container manager would be rejected; null if nothing is known against it.</summary>
    public static string? Problem(PutContainerManagerRequest manager) => InvalidName(manager.Name!) ?? Rejection(() =>
    {
        var (type, options) = ContainerManagerRequests.Definition(manager.Name!, manager);

        // Paths of files are those of the server's machine, which knows them itself.
        if (type != ContainerManagerType.Trivial && FileOptions.All(o => options.Text(o) is null))
        {
            KubernetesSettings.Read(options, options.Text("token"));
        }
    });

    /// <summary>Why a network would be rejected; null if it would not.</summary>
    public static string? Problem(PutNetworkRequest network) => InvalidName(network.Name!)
        ?? Rejection(() => NetworkRequests.Definition(ResourceName.Parse(network.Name!), network));

    /// <summary>Why a cluster would be rejected; null if nothing is known against it.</summary>
    public static string? Problem(PutClusterRequest cluster) => InvalidName(cluster.Name!);

    /// <summary>Why a host would be rejected; null if it would not.</summary>
    public static string? Problem(RegisterHostRequest host) =>
        Rejection(() => HostRequests.Registration(host.Address, host, null))
        ?? (PrivateKeyReader.Validate(host.SshPrivKey ?? "") is { } key ? $"{key}." : null);

    /// <summary>How a container manager differs from what the server has; null if all of it is there. Secrets are not compared.</summary>
    public static string? Difference(PutContainerManagerRequest manager, ContainerManagerResource existing)
    {
        var (wanted, present) = (OptionSetJson.Read(manager.Options), OptionSet.Of(existing.Options));
        return manager.Type != existing.Type ? $"its type is {existing.Type}"
            : manager.Options!.Keys.FirstOrDefault(o => KubernetesSettings.SecretOptions.Contains(o)
                ? present.Text(o) is null : present.Text(o) != wanted.Text(o)) is { } option
                ? $"its option {option} {(present.Text(option) is null ? "is not set" : "has another value")}"
            : null;
    }

    /// <summary>Whether a network is what the server has.</summary>
    public static bool IsSame(PutNetworkRequest network, NetworkResource existing) =>
        network.Type == existing.Type && OptionSetJson.Read(network.Options) == OptionSet.Of(existing.Options);

    /// <summary>Whether a network may be the default one that nobody created.</summary>
    public static bool IsImplicit(NetworkResource existing) =>
        existing.Name == NetworkDefinition.Default.Name.Value && existing.Type == "flannel_etcd"
        && OptionSet.Of(existing.Options) == OptionSet.Empty;

    /// <summary>How a cluster differs from what the server has; null if it does not.</summary>
    public static string? Difference(PutClusterRequest cluster, ClusterResource existing) =>
        cluster.Network is { } network && network != existing.Network ? $"its network is '{existing.Network}', not '{network}'"
        : cluster.ContainerManager is { } manager && manager != existing.ContainerManager
            ? $"its container manager is {Quoted(existing.ContainerManager)}, not {Quoted(manager)}"
        : null;

    /// <summary>How a host differs from what the server has; null if it does not. The server compares the key.</summary>
    public static string? Difference(RegisterHostRequest host, HostResource existing) =>
        host.Port != existing.Port ? $"its port is {existing.Port}, not {host.Port}"
        : host.RemoteUser != existing.RemoteUser ? $"its user is '{existing.RemoteUser}', not '{host.RemoteUser}'"
        : host.Cluster is not { } cluster || cluster == existing.Cluster ? null
        : existing.Cluster.Length == 0 ? $"it is in no cluster. Add it with 'commctl host join {existing.Address} {cluster}'"
        : $"it is in cluster '{existing.Cluster}', not '{cluster}'";

    private static string Quoted(string name) => name.Length == 0 ? "none" : $"'{name}'";

    private static string? InvalidName(string name) =>
        ResourceName.TryParse(name, out _) ? null : $"its name is invalid; expected {ResourceName.Expectation}.";

    private static string? Rejection(Action validate)
    {
        try
        {
            validate();
            return null;
        }
        catch (Exception e) when (e is InvalidRequestException or FormatException)
        {
            return e.Message;
        }
    }
}
