using System.Net;

namespace Commissaire.Lab;

/// <summary>What all hosts of a lab have in common.</summary>
public sealed record LabOptions
{
    /// <summary>Where everything is kept while the lab runs; a temporary directory when not given.</summary>
    public string? Directory { get; init; }

    /// <summary>Hosts get the free addresses from here on.</summary>
    public IPAddress BaseAddress { get; init; } = new([127, 77, 0, 1]);

    /// <summary>The SSH port of hosts that do not name their own.</summary>
    public int Port { get; init; } = 2222;

    /// <summary>How long package managers take on hosts that do not say it themselves.</summary>
    public TimeSpan PackageDelay { get; init; }
}
