using System.Collections.Immutable;
using System.Net;
using Commissaire.Bootstrap;
using Commissaire.Hosts;
using Commissaire.Processes;

namespace Commissaire.Configuration;

/// <summary>Everything an operator has set, checked.</summary>
internal sealed record ServerSettings
{
    public required bool Debug { get; init; }

    public required IPAddress ListenInterface { get; init; }

    public required int ListenPort { get; init; }

    /// <summary>One PEM file with certificate and key; null for plain HTTP.</summary>
    public required string? TlsPemFile { get; init; }

    /// <summary>Authorities client certificates are verified with; when set, every connection must bring one.</summary>
    public required string? TlsClientVerifyFile { get; init; }

    public required ImmutableArray<AuthenticationPlugin> Plugins { get; init; }

    public required string DataDirectory { get; init; }

    /// <summary>The key file, where it is somebody else's to make and to keep; null for the server's own in <see cref="DataDirectory"/>.</summary>
    public required string? KeyFile { get; init; }

    /// <summary>The connection string of a PostgreSQL database that processes share; null for SQLite in <see cref="DataDirectory"/>.</summary>
    public required string? Database { get; init; }

    /// <summary>How it finds the other processes of the installation.</summary>
    public required ProcessSettings Processes { get; init; }

    /// <summary>Whether metrics are shown to whoever asks.</summary>
    public required bool MetricsAnonymous { get; init; }

    public required ImmutableArray<IPNetwork> TrustedProxies { get; init; }

    public required WatchSchedule Watch { get; init; }

    public required BootstrapSettings Bootstrap { get; init; }

    /// <summary>What was said that has no effect, for the log.</summary>
    public required ImmutableArray<string> Warnings { get; init; }
}

/// <summary>A configured way of authentication.</summary>
/// <param name="Name">Its name, without the module path of 2017.</param>
/// <param name="Options">Its options.</param>
/// <param name="Users">Inline users and their bcrypt hashes.</param>
internal sealed record AuthenticationPlugin(string Name, ImmutableDictionary<string, string> Options, ImmutableDictionary<string, string> Users);
