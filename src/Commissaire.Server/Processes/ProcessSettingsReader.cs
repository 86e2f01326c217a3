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
        "roles",
    ];

    /// <summary>Reads the settings.</summary>
    /// <exception cref="StartupException">A value is invalid.</exception>
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

        return new ProcessSettings
        {
            Interface = address,
            Host = get("cluster_host")
                ?? (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Dns.GetHostName() : address.ToString()),
            Port = port,
            Seeds = ReadSeeds(get),
            Roles = [.. roles.Distinct()],
            Tls = ReadTls(get),
        };
    }

    private static MutualTls? ReadTls(Func<string, string?> get)
    {
        if ((get("cluster_tls_pemfile"), get("cluster_tls_cafile")) is not ({ } pem, { } authorities))
        {
            return get("cluster_tls_pemfile") is null && get("cluster_tls_cafile") is null
                ? null
                : throw new StartupException("cluster_tls_pemfile and cluster_tls_cafile: set both or neither.");
        }

        var own = Certificates.LoadWithKey("cluster_tls_pemfile", pem).Certificate;
        if (!own.MatchesHostname(ProcessCertificates.Name, allowWildcards: false, allowCommonName: false))
        {
            throw new StartupException(
                $"cluster_tls_pemfile: the certificate in '{pem}' does not contain the DNS name '{ProcessCertificates.Name}' that marks a "
                + "process. Add it to the subject alternative names.");
        }

        var trusted = Certificates.LoadAuthorities("cluster_tls_cafile", authorities);
        if (get("tls_clientverifyfile") is { } clients
            && Certificates.LoadAuthorities("tls_clientverifyfile", clients).Any(c => trusted.Contains(c)))
        {
            throw new StartupException(
                "cluster_tls_cafile and tls_clientverifyfile: they contain the same authority, so that a client of REST could ask it for a "
                + "certificate of a process. Use an authority for processes alone, or unset cluster_tls_pemfile and cluster_tls_cafile.");
        }

        return new MutualTls(own, trusted);
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
