using System.Text.RegularExpressions;

namespace Commissaire.Networks;

/// <summary>The type of a network, which connects the hosts of a cluster.</summary>
public enum NetworkType
{
    /// <summary>flannel with its configuration in etcd: <c>flannel_etcd</c>.</summary>
    FlannelEtcd,

    /// <summary>flannel as a client of a flannel server: <c>flannel_server</c>.</summary>
    FlannelServer,
}

/// <summary>A network. Type <see cref="NetworkType.FlannelServer"/> has the option <c>address</c>.</summary>
public sealed partial record NetworkDefinition(ResourceName Name, NetworkType Type, OptionSet Options)
{
    /// <summary>The network that always exists.</summary>
    public static NetworkDefinition Default { get; } = new(ResourceName.Parse("default"), NetworkType.FlannelEtcd, OptionSet.Empty);

    /// <summary>The <c>host:port</c> of the flannel server; null if not set.</summary>
    public string? ServerAddress => Options.Text("address");

    /// <summary>The error in the options, or null. A missing address is reported only when a host is bootstrapped.</summary>
    public string? Problem =>
        ServerAddress is { } address && !Server().IsMatch(address)
            ? "options.address: expected HOST or HOST:PORT of the flannel server, such as 192.168.152.100:8080"
            : null;

    [GeneratedRegex(@"\A(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(:[0-9]{1,5})?\z")]
    private static partial Regex Server();
}
