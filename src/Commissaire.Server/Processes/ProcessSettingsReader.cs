using System.Collections.Immutable;
using System.Net;
using Commissaire.Security;

namespace Commissaire.Processes;

/// <summary>Reads and validates <see cref="ProcessSettings"/>.</summary>
internal static class ProcessSettingsReader
{
    /// <summary>The configuration keys read here.</summary>
    public static ImmutableArray<string> Keys { get; } =
    [
        "cluster_host", "cluster_interface", "cluster_port", "cluster_seeds", "cluster_dns", "cluster_tls_pemfile", "cluster_tls_cafile",
        "cluster_insecure", "roles",
    ];

    /// <summary>Reads the settings.</summary>
    /// <exception cref="StartupException">A value is invalid, or the settings would accept unauthenticated processes from the
    /// network.</exception>
    public static ProcessSettings Read(Func<string, string?> get)
    {
        var listen = get("cluster_interface") ?? "127.0.0.1";
        if (!IPAddress.TryParse(listen, out var address))
        {
            throw new StartupException($"cluster_interface: expected an IP address, got '{listen}'.");
        }

        var port = get("cluster_port") switch
        {
            null => 0,
            var value when ushort.TryParse(value, out var number) => number,
            var value => throw new StartupException($"cluster_port: expected a number from 0 to 65535, got '{value}'."),
        };
        var roles = Split(get("roles") ?? $"{ProcessSettings.Api},{ProcessSettings.Worker}");
        if (roles.Length == 0 || roles.Except([ProcessSettings.Api, ProcessSettings.Worker]).FirstOrDefault() is not null)
        {
            throw new StartupException($"roles: expected {ProcessSettings.Api}, {ProcessSettings.Worker} or both, got '{get("roles")}'.");
        }

        var tls = (get("cluster_tls_pemfile"), get("cluster_tls_cafile")) switch
        {
            ({ } pem, { } authorities) => new MutualTls(
                Certificates.LoadWithKey("cluster_tls_pemfile", pem).Certificate,
                Certificates.LoadAuthorities("cluster_tls_cafile", authorities)),
            (null, null) => null,
            _ => throw new StartupException("cluster_tls_pemfile and cluster_tls_cafile: set both or neither."),
        };
        if (!IPAddress.IsLoopback(address) && tls is null && get("cluster_insecure") is not "true")
        {
            throw new StartupException(
                $"cluster_interface: any host that reaches {address} could join the cluster as a process. Set cluster_tls_pemfile and "
                + "cluster_tls_cafile, or set cluster_insecure to true if only trusted hosts can reach this address.");
        }

        return new ProcessSettings
        {
            Interface = address,
            Host = get("cluster_host")
                ?? (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : address.ToString()),
            Port = port,
            Seeds = ReadSeeds(get),
            Roles = [.. roles.Distinct()],
            Tls = tls,
        };
    }

    private static Seeds? ReadSeeds(Func<string, string?> get)
    {
        var (seeds, dns) = (get("cluster_seeds"), get("cluster_dns"));
        if ((seeds ?? dns) is not null && get("database") is null)
        {
            var key = seeds is null ? "cluster_dns" : "cluster_seeds";
            throw new StartupException($"{key}: several processes need a shared database. Set database.");
        }

        return (seeds, dns) switch
        {
            (null, null) => null,
            ({ } list, null) => new Seeds.Listed([.. Split(list).Select(e => Endpoint("cluster_seeds", e))]),
            (null, { } name) when Endpoint("cluster_dns", name) is var (host, port) => new Seeds.DnsName(host, port),
            _ => throw new StartupException("cluster_seeds and cluster_dns: set at most one of them."),
        };
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static (string Host, int Port) Endpoint(string key, string text) =>
        text.LastIndexOf(':') is > 0 and var colon && ushort.TryParse(text.AsSpan(colon + 1), out var port) && port > 0
            && Uri.CheckHostName(text[..colon]) is UriHostNameType.Dns or UriHostNameType.IPv4
            ? (text[..colon], port)
            : throw new StartupException($"{key}: expected HOST:PORT{(key == "cluster_seeds" ? ",…" : "")}, got '{text}'.");
}
