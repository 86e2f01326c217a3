using System.Collections.Immutable;
using System.Net;
using Commissaire.Security;

namespace Commissaire.Processes;

/// <summary>Turns configuration into <see cref="ProcessSettings"/>.</summary>
internal static class ProcessSettingsReader
{
    /// <summary>The keys it reads.</summary>
    public static ImmutableArray<string> Keys { get; } =
        ["cluster_host", "cluster_interface", "cluster_port", "cluster_seeds", "cluster_dns", "cluster_tls_pemfile", "cluster_tls_cafile", "cluster_insecure", "roles"];

    /// <summary>Reads settings.</summary>
    /// <param name="text">The text of a key; null when it is not set.</param>
    /// <exception cref="StartupException">A value is not what was expected, or others could listen in.</exception>
    public static ProcessSettings Read(Func<string, string?> text)
    {
        var listen = text("cluster_interface") ?? "127.0.0.1";
        if (!IPAddress.TryParse(listen, out var address))
        {
            throw new StartupException($"cluster_interface: expected an IP address, got '{listen}'.");
        }

        var port = text("cluster_port") switch
        {
            null => 0,
            var given when ushort.TryParse(given, out var number) => number,
            var given => throw new StartupException($"cluster_port: expected a number from 0 to 65535, got '{given}'."),
        };
        var roles = (text("roles") ?? $"{ProcessSettings.Api},{ProcessSettings.Worker}").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (roles.Length == 0 || roles.Except([ProcessSettings.Api, ProcessSettings.Worker]).FirstOrDefault() is not null)
        {
            throw new StartupException($"roles: expected {ProcessSettings.Api}, {ProcessSettings.Worker} or both, got '{text("roles")}'.");
        }

        var tls = (text("cluster_tls_pemfile"), text("cluster_tls_cafile")) switch
        {
            ({ } pem, { } authorities) => new MutualTls(Certificates.Own("cluster_tls_pemfile", pem).Own, Certificates.Authorities("cluster_tls_cafile", authorities)),
            (null, null) => null,
            _ => throw new StartupException("cluster_tls_pemfile and cluster_tls_cafile: expected both or neither."),
        };
        if (!IPAddress.IsLoopback(address) && tls is null && text("cluster_insecure") is not "true")
        {
            throw new StartupException(
                $"cluster_interface: on {address} anybody could speak with this process as if he were another one. Set cluster_tls_pemfile and cluster_tls_cafile, or cluster_insecure to true where the network itself keeps others out.");
        }

        return new ProcessSettings
        {
            Interface = address,
            Host = text("cluster_host") ?? (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : address.ToString()),
            Port = port,
            Seeds = ReadSeeds(text),
            Roles = [.. roles.Distinct()],
            Tls = tls,
        };
    }
    private static Seeds? ReadSeeds(Func<string, string?> text)
    {
        var (seeds, dns) = (text("cluster_seeds"), text("cluster_dns"));
        if ((seeds ?? dns) is not null && text("database") is null)
        {
            throw new StartupException($"{(seeds is null ? "cluster_dns" : "cluster_seeds")}: without a database that is shared, this process is the only one. Set database.");
        }

        return (seeds, dns) switch
        {
            (null, null) => null,
            ({ } given, null) => new Seeds.Listed([.. given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(e => Endpoint("cluster_seeds", e))]),
            (null, { } name) when Endpoint("cluster_dns", name) is var (host, port) => new Seeds.Named(host, port),
            _ => throw new StartupException("cluster_seeds and cluster_dns: expected one of them, or neither."),
        };
    }

    private static (string Host, int Port) Endpoint(string key, string given) =>
        given.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(given.AsSpan(colon + 1), out var port) && port > 0 && Uri.CheckHostName(given[..colon]) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? (given[..colon], port)
            : throw new StartupException($"{key}: expected HOST:PORT{(key == "cluster_seeds" ? ",…" : "")}, got '{given}'.");
}
