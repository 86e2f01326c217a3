using System.Net;

namespace Commissaire.Lab;

/// <summary>Options of a lab.</summary>
public sealed record LabOptions
{
    /// <summary>The directory of its files; a temporary one if null.</summary>
    public string? Directory { get; init; }

    /// <summary>Hosts get free addresses, starting with this one.</summary>
    public IPAddress BaseAddress { get; init; } = new([127, 77, 0, 1]);

    /// <summary>The SSH port of hosts whose options set none.</summary>
    public int Port { get; init; } = 2222;

    /// <summary>How long package managers take on hosts whose options do not set it.</summary>
    public TimeSpan PackageDelay { get; init; }
}
