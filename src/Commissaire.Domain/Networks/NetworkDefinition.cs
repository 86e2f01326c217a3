using System.Text.RegularExpressions;

namespace Commissaire.Networks;

/// <summary>How hosts of a cluster are connected to each other.</summary>
public enum NetworkType
{
    /// <summary>flannel, reading its configuration from etcd: <c>flannel_etcd</c>.</summary>
    FlannelEtcd,

    /// <summary>flannel, as a client of a flannel server: <c>flannel_server</c>.</summary>
    FlannelServer,
}

/// <summary>A network, whole.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Type">What kind it is.</param>
/// <param name="Options">Options of the kind; <c>address</c> for <see cref="NetworkType.FlannelServer"/>.</param>
public sealed partial record NetworkDefinition(ResourceName Name, NetworkType Type, OptionSet Options)
{
    /// <summary>The network that always exists.</summary>
    public static NetworkDefinition Default { get; } = new(ResourceName.Parse("default"), NetworkType.FlannelEtcd, OptionSet.Empty);

    /// <summary>The flannel server's <c>host:port</c>; null when none is given.</summary>
    public string? ServerAddress => Options.Text("address");

    /// <summary>What is wrong with the options, or null. A missing address is not: it may not be needed before a host is bootstrapped.</summary>
    public string? Problem =>
        ServerAddress is { } address && !Server().IsMatch(address)
            ? "options.address: expected HOST or HOST:PORT of the flannel server, such as 192.168.152.100:8080"
            : null;

    [GeneratedRegex(@"\A(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(:[0-9]{1,5})?\z")]
    private static partial Regex Server();
}
