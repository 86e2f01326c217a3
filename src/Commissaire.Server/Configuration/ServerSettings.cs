using System.Collections.Immutable;
using System.Net;
using Commissaire.Bootstrap;
using Commissaire.Processes;
using Commissaire.Shell;

namespace Commissaire.Configuration;

/// <summary>The validated configuration of the server.</summary>
internal sealed record ServerSettings
{
    public required bool Debug { get; init; }

    public required IPAddress ListenInterface { get; init; }

    public required int ListenPort { get; init; }

    /// <summary>How many connections may be open; null for as many as the limit of open files allows, at most a default.</summary>
    public required int? MaxConnections { get; init; }

    /// <summary>The PEM file with the server's certificate and private key; null for plain HTTP.</summary>
    public required string? TlsPemFile { get; init; }

    /// <summary>The PEM file with the authorities of client certificates. If set, every client must present a certificate.</summary>
    public required string? TlsClientVerifyFile { get; init; }

    public required ImmutableArray<AuthenticationPlugin> Plugins { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>The key file, which must exist; null for a file in <see cref="DataDirectory"/> that the server creates.</summary>
    public required string? KeyFile { get; init; }

    /// <summary>The connection string of a shared PostgreSQL database; null for SQLite in <see cref="DataDirectory"/>.</summary>
    public required string? Database { get; init; }

    /// <summary>How this process connects to the other processes of the installation.</summary>
    public required ProcessSettings Processes { get; init; }

    /// <summary>Whether <c>/metrics</c> is served without authentication.</summary>
    public required bool MetricsAnonymous { get; init; }

    public required ImmutableArray<IPNetwork> TrustedProxies { get; init; }

    public required WatchSchedule Watch { get; init; }

    /// <summary>The methods of key exchange that hosts are offered.</summary>
    public required KeyExchanges KeyExchanges { get; init; }

    public required BootstrapSettings Bootstrap { get; init; }

    /// <summary>Warnings about settings without effect, for the log.</summary>
    public required ImmutableArray<string> Warnings { get; init; }
}

/// <summary>An authentication plugin, its options, and its users with their bcrypt hashes.</summary>
internal sealed record AuthenticationPlugin(
    string Name, ImmutableDictionary<string, string> Options, ImmutableDictionary<string, string> Users);
