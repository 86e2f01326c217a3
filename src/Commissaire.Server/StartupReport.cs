using System.Net;
using Commissaire.Configuration;
using Commissaire.Security;

namespace Commissaire;

/// <summary>What a server says once it listens.</summary>
internal static partial class StartupReport
{
    private static string Version => typeof(StartupReport).Assembly.GetName().Version?.ToString(3) ?? "";

    /// <summary>Prints the password of the first user, if it was not printed before, and logs what the server runs with.</summary>
    public static void Write(WebApplication app, ServerSettings settings, string database, TextWriter console)
    {
        if (settings.Plugins.IsEmpty)
        {
            UsersFile.PrintPassword(settings.DataDirectory, console);
        }

        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Commissaire.ServerHost");
        log.ServerStarted(
            Version, string.Join(", ", app.Urls), settings.DataDirectory, database,
            settings.Plugins.IsEmpty ? "users.json" : string.Join(", ", settings.Plugins.Select(p => p.Name).Distinct()));
        if (settings.TlsPemFile is null && !IPAddress.IsLoopback(settings.ListenInterface))
        {
            log.ListensWithoutTls(settings.ListenInterface);
        }
    }

    [LoggerMessage(
        LogLevel.Information,
        "Commissaire {Version} listens on {Addresses}; data directory '{DataDirectory}', database {Database}, authentication {Plugins}")]
    private static partial void ServerStarted(
        this ILogger log, string version, string addresses, string dataDirectory, string database, string plugins);

    [LoggerMessage(
        LogLevel.Warning,
        "Without TLS, passwords and private keys cross the network in the clear: {Interface} is no loopback address. Set tls_pemfile, or "
        + "put a proxy with TLS before a server that listens on 127.0.0.1")]
    private static partial void ListensWithoutTls(this ILogger log, IPAddress @interface);
}
