using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Processes;

/// <summary>How this process finds and connects to the other processes of its installation.</summary>
internal sealed record ProcessSettings
{
    /// <summary>The role that serves REST requests.</summary>
    public const string Api = "api";

    /// <summary>The role that runs hosts, clusters and all other entities.</summary>
    public const string Worker = "worker";

    /// <summary>The name or address at which other processes reach this process.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The address on which this process listens for other processes.</summary>
    public IPAddress Interface { get; init; } = IPAddress.Loopback;

    /// <summary>The port on which this process listens for other processes; 0 for any free port.</summary>
    public int Port { get; init; }

    /// <summary>The processes to join first; null to use the members recorded in the database.</summary>
    public Seeds? Seeds { get; init; }

    /// <summary>The roles of this process; all roles by default.</summary>
    public ImmutableArray<string> Roles { get; init; } = [Api, Worker];

    /// <summary>Certificates for mutual TLS between processes; null for those that follow from the key file.</summary>
    public MutualTls? Tls { get; init; }
}

/// <summary>The certificate of this process, and the certificate authorities of the other processes.</summary>
internal sealed record MutualTls(X509Certificate2 Certificate, X509Certificate2Collection Authorities);
