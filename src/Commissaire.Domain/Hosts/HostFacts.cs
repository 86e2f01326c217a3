namespace Commissaire.Hosts;

/// <summary>The facts of a host that investigation collects. A number that could not be read is 0, and such a text is empty.</summary>
/// <param name="Os">The <c>ID</c> of os-release, in lower case; <c>atomic</c> if <c>/run/ostree-booted</c> exists.</param>
/// <param name="OsVersion">The <c>VERSION_ID</c> of os-release; empty if there is none.</param>
/// <param name="Cpus">The number of online logical processors.</param>
/// <param name="MemoryKiB">The total memory in KiB.</param>
/// <param name="SpaceKiB">The size in KiB of the file system that holds <c>/</c>.</param>
/// <param name="Kernel">The release of the running kernel.</param>
/// <param name="BootId">The kernel's random ID of the current boot (<c>/proc/sys/kernel/random/boot_id</c>).</param>
public sealed record HostFacts(string Os, string OsVersion, int Cpus, long MemoryKiB, long SpaceKiB, string Kernel, string BootId)
{
    /// <summary>
    /// The size in KiB of the file system that holds the containers, or the data of the kubelet; null if it is that of <c>/</c>, or
    /// unknown.
    /// </summary>
    public long? ContainerSpaceKiB { get; init; }

    /// <summary>The <c>ID_LIKE</c> of os-release in lower case: names of similar systems, closest first. Null if there is none.</summary>
    public string? OsLike { get; init; }

    /// <summary>
    /// What shows that the host has joined a Kubernetes or OpenShift cluster: the installer, and the file or process that it left. Null if
    /// nothing does.
    /// </summary>
    public string? InService { get; init; }

    /// <summary>
    /// The images of a host whose system is one, as its last investigation or turn in a run found them; null for other hosts.
    /// </summary>
    public HostImages? Images { get; init; }
}
