using Commissaire.Contracts.Hosts;
using Commissaire.Http;

namespace Commissaire.Hosts;

/// <summary>Turns hosts into what crosses HTTP.</summary>
internal static class HostResources
{
    public static HostResource Of(HostView host) => new()
    {
        Address = host.Address.Value,
        Status = host.Status.ToWireName(),
        Os = host.Facts?.Os ?? "",
        Cpus = host.Facts?.Cpus ?? 0,
        Memory = host.Facts?.MemoryKiB ?? 0,
        Space = host.Facts?.SpaceKiB ?? 0,
        LastCheck = Timestamps.Of(host.LastCheck),
        Source = host.Source,
        Reason = host.Reason,
        Next = host.Next,
        Since = Timestamps.Of(host.Since),
        Cluster = host.Cluster?.Value ?? "",
        ContainerManager = host.Manager?.Value ?? "",
        Port = host.Port,
        RemoteUser = host.RemoteUser,
        HostKey = host.HostKey?.ToString() ?? "",
        OfferedHostKey = host.OfferedHostKey?.ToString() ?? "",
        OsVersion = host.Facts?.OsVersion ?? "",
        Kernel = host.Facts?.Kernel ?? "",
        BootId = host.Facts?.BootId ?? "",
    };

    public static HostStatusResource StatusOf(HostView host, IReadOnlyDictionary<string, string> node) =>
        new("host_only", new HostHealth(Timestamps.Of(host.LastCheck), host.Status.ToWireName(), host.Reason, Timestamps.Of(host.Since), host.Next), node);
}
