namespace Commissaire.Hosts;

/// <summary>
/// Identifies the machine behind an address: the host key that it proved, and the ID of its boot, which the kernel draws at random. Two
/// machines made from one image may share the key, but never the boot.
/// </summary>
public static class HostMachine
{
    /// <summary>The machine of a host; null until its key and its facts are known.</summary>
    public static string? Of(HostView host) =>
        host is { HostKey.Fingerprint: { } key, Facts.BootId: { } boot } ? $"{key} {boot}" : null;
}
