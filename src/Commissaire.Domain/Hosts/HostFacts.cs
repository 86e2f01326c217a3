namespace Commissaire.Hosts;

/// <summary>What investigation learned of a host.</summary>
/// <param name="Os">The <c>ID</c> of os-release, in lower case; <c>atomic</c> where <c>/run/ostree-booted</c> exists.</param>
/// <param name="OsVersion">The <c>VERSION_ID</c> of os-release; empty when there is none.</param>
/// <param name="Cpus">Logical processors that are online.</param>
/// <param name="MemoryKiB">Total memory in KiB.</param>
/// <param name="SpaceKiB">Size of all file systems on local block devices together, each device once, in KiB.</param>
/// <param name="Kernel">The release of the running kernel.</param>
/// <param name="BootId">The kernel's random id of this boot (<c>/proc/sys/kernel/random/boot_id</c>).</param>
public sealed record HostFacts(string Os, string OsVersion, int Cpus, long MemoryKiB, long SpaceKiB, string Kernel, string BootId);
