using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Processes;

/// <summary>How this process finds the others of an installation, and speaks with them.</summary>
internal sealed record ProcessSettings
{
    /// <summary>May answer REST requests.</summary>
    public const string Api = "api";

    /// <summary>Carries hosts, clusters and all other entities.</summary>
    public const string Worker = "worker";

    /// <summary>The name or address under which the other processes reach this one.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The address it listens on for the other processes.</summary>
    public IPAddress Interface { get; init; } = IPAddress.Loopback;

    /// <summary>The port it listens on for the other processes; 0 for any.</summary>
    public int Port { get; init; }

    /// <summary>Where it asks to be let in; null for wherever the database says that the others are.</summary>
    public Seeds? Seeds { get; init; }

    /// <summary>What it does; all of it by default.</summary>
    public ImmutableArray<string> Roles { get; init; } = [Api, Worker];

    /// <summary>Who may speak with it, and how it proves itself; null for nobody's proof.</summary>
    public MutualTls? Tls { get; init; }
}

/// <summary>How processes prove themselves to each other.</summary>
/// <param name="Certificate">This process's certificate, with its key.</param>
/// <param name="Authorities">Whose certificates are taken.</param>
internal sealed record MutualTls(X509Certificate2 Certificate, X509Certificate2Collection Authorities);
