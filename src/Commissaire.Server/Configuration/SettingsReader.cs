using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Commissaire.Bootstrap;
using Commissaire.Processes;
using Commissaire.Shell;
using Commissaire.Storage;

namespace Commissaire.Configuration;

/// <summary>Converts configuration to validated <see cref="ServerSettings"/>.</summary>
internal static class SettingsReader
{
    private static readonly string[] KnownKeys =
    [
        "debug", "listen_interface", "listen_port", "max_connections", "tls_pemfile", "tls_clientverifyfile", "authentication_plugins",
        "data_dir", "key_file", "database", "trusted_proxies", "watch_interval", "watch_retry", "ssh_key_exchange", "metrics_anonymous",
        "bootstrap", "storage_handlers",
        .. ProcessSettingsReader.Keys,
    ];

    private static readonly string[] KnownBootstrapKeys =
        ["registry_mirror", "flannel_key", "flannel_package", "docker_package", "install_deadline", "step_deadline", "etcd", "kubernetes"];

    private static readonly string[] KnownKubernetesKeys =
        ["repository", "repository_key_path", "containerd_package", "kubelet_package", "kubeadm_package", "join_deadline"];

    private static readonly string[] KnownEtcdKeys = ["server_url", "certificate_path", "certificate_key_path", "certificate_ca_path"];

    private static readonly string[] ObsoleteKeys = ["self_auths", "bus_exchange", "bus_uri", "logging", "custodia_socket_path"];

    /// <summary>Reads the settings.</summary>
    /// <exception cref="StartupException">A key is unknown, or a value is invalid.</exception>
    public static ServerSettings Read(JsonObject config)
    {
        ThrowIfUnknown("", config, [.. KnownKeys, .. ObsoleteKeys]);
        ThrowIfUnknown("bootstrap.", Object("bootstrap", config), KnownBootstrapKeys);
        ThrowIfUnknown("bootstrap.etcd.", Object("etcd", Object("bootstrap", config)), KnownEtcdKeys);
        ThrowIfUnknown("bootstrap.kubernetes.", Object("kubernetes", Object("bootstrap", config)), KnownKubernetesKeys);
        return Known(config);
    }

    private static ServerSettings Known(JsonObject config) => new()
    {
        Debug = Flag("debug", config),
        MetricsAnonymous = Flag("metrics_anonymous", config),
        // Without TLS, passwords would cross the network in the clear.
        ListenInterface = Address(
            "listen_interface", Text(config, "listen_interface") ?? (Text(config, "tls_pemfile") is null ? "127.0.0.1" : "0.0.0.0")),
        ListenPort = Text(config, "listen_port") is { } port ? Port("listen_port", port) : 8000,
        MaxConnections = Text(config, "max_connections") is { } most ? (int)Number("max_connections", most, 1, 1_000_000) : null,
        TlsPemFile = Readable("tls_pemfile", Text(config, "tls_pemfile")),
        TlsClientVerifyFile = Readable("tls_clientverifyfile", OnlyWithTls("tls_clientverifyfile", config)),
        Plugins = Plugins(config["authentication_plugins"]),
        Database = Text(config, "database"),
        DataDirectory = Text(config, "data_dir") ?? DefaultDataDirectory(),
        KeyFile = Readable("key_file", Text(config, "key_file")),
        Processes = ProcessSettingsReader.Read(key => Text(config, key)),
        TrustedProxies = [.. Texts(config, "trusted_proxies").Select(p => Network("trusted_proxies", p))],
        Watch = new WatchSchedule(
            Seconds(config, "watch_interval") ?? TimeSpan.FromMinutes(1), Seconds(config, "watch_retry") ?? TimeSpan.FromSeconds(5)),
        KeyExchanges = KeyExchanges.Read("ssh_key_exchange", [.. Texts(config, "ssh_key_exchange").Distinct()]),
        Bootstrap = Bootstrap(config),
        Warnings =
        [
            .. config.Select(p => p.Key).Where(ObsoleteKeys.Contains).Select(k => $"Configuration key '{k}' is obsolete and ignored."),
            .. Environment.GetEnvironmentVariable("ETCD_MACHINES") is { Length: > 0 }
                ? ["ETCD_MACHINES is ignored: the server no longer reads its configuration from etcd."] : Array.Empty<string>(),
        ],
    };

    // A misspelt key would leave its setting at the default, such as an open door.
    private static void ThrowIfUnknown(string prefix, JsonObject config, string[] known)
    {
        if (config.Select(p => p.Key).Except(known).FirstOrDefault() is { } unknown)
        {
            throw new StartupException($"{prefix}{unknown}: is not a setting."
                + (NearestName.Of(unknown, known) is { } nearest ? $" Did you mean {prefix}{nearest}?" : ""));
        }
    }

    private static BootstrapSettings Bootstrap(JsonObject config)
    {
        var bootstrap = Object("bootstrap", config);

        // In 2017, flannel read its network from the etcd of the storage service.
        var storage = config["storage_handlers"] switch
        {
            JsonArray list => list.OfType<JsonObject>()
                .FirstOrDefault(h => Text(h, "type")?.EndsWith("etcd", StringComparison.Ordinal) == true),
            JsonObject handler => handler,
            _ => null,
        };
        var etcd = bootstrap["etcd"] is null ? storage ?? [] : Object("etcd", bootstrap);
        var defaults = new BootstrapSettings();
        return new BootstrapSettings
        {
            RegistryMirror = OneLine("bootstrap.registry_mirror", bootstrap["registry_mirror"]?.ToString() ?? defaults.RegistryMirror),
            FlannelKey = OneLine("bootstrap.flannel_key", Text(bootstrap, "flannel_key") ?? defaults.FlannelKey),
            FlannelPackage = bootstrap["flannel_package"]?.ToString().Trim() ?? defaults.FlannelPackage,
            DockerPackage = Text(bootstrap, "docker_package") ?? defaults.DockerPackage,
            InstallDeadline = Seconds(bootstrap, "install_deadline") ?? defaults.InstallDeadline,
            StepDeadline = Seconds(bootstrap, "step_deadline") ?? defaults.StepDeadline,
            Kubernetes = Kubernetes(Object("kubernetes", bootstrap)),
            Etcd = new EtcdSettings
            {
                Endpoints = OneLine("bootstrap.etcd.server_url", Text(etcd, "server_url") ?? defaults.Etcd.Endpoints),
                Certificate = Content("certificate_path", etcd),
                CertificateKey = Content("certificate_key_path", etcd),
                CertificateAuthority = Content("certificate_ca_path", etcd),
            },
        };
    }

    private static KubernetesSources Kubernetes(JsonObject kubernetes)
    {
        var defaults = new KubernetesSources();
        return new KubernetesSources
        {
            Repository = OneWord("bootstrap.kubernetes.repository", kubernetes["repository"]?.ToString() ?? defaults.Repository),
            RepositoryKey = Content("repository_key_path", kubernetes),
            ContainerdPackage = Text(kubernetes, "containerd_package") ?? defaults.ContainerdPackage,
            KubeletPackage = Text(kubernetes, "kubelet_package") ?? defaults.KubeletPackage,
            KubeadmPackage = Text(kubernetes, "kubeadm_package") ?? defaults.KubeadmPackage,
            JoinDeadline = Text(kubernetes, "join_deadline") is { } deadline
                ? TimeSpan.FromSeconds(Number("bootstrap.kubernetes.join_deadline", deadline, 0.1, 600))
                : defaults.JoinDeadline,
        };
    }

    private static ImmutableArray<AuthenticationPlugin> Plugins(JsonNode? plugins) => plugins switch
    {
        null => [],
        JsonArray list => [.. list.Select(Plugin)],
        _ => throw new StartupException("authentication_plugins: expected a list of objects."),
    };

    private static AuthenticationPlugin Plugin(JsonNode? node)
    {
        if (node is not JsonObject plugin || Text(plugin, "name") is not { } name)
        {
            throw new StartupException("authentication_plugins: expected objects with a name.");
        }

        var users = Object("users", plugin);
        const string LegacyPrefix = "commissaire_http.authentication.";
        return new AuthenticationPlugin(
            name.StartsWith(LegacyPrefix, StringComparison.Ordinal) ? name[LegacyPrefix.Length..] : name,
            plugin.Where(p => p.Key is not "name" and not "users").ToImmutableDictionary(p => p.Key, p => p.Value?.ToString() ?? ""),
            users.ToImmutableDictionary(u => u.Key, u => (u.Value as JsonObject)?["hash"] is JsonValue hash
                ? hash.ToString()
                : throw new StartupException($"authentication_plugins: expected an object with a hash for user '{u.Key}' of {name}.")));
    }

    private static string DefaultDataDirectory() => Environment.UserName == "root"
        ? "/var/lib/commissaire"
        : Path.Combine(
            Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "commissaire");

    private static JsonObject Object(string key, JsonObject config) => config[key] switch
    {
        null => [],
        JsonObject found => found,
        _ => throw new StartupException($"{key}: expected an object."),
    };

    private static string? Text(JsonObject config, string key) => config[key]?.ToString() is { Length: > 0 } text ? text : null;

    private static IEnumerable<string> Texts(JsonObject config, string key) => config[key] switch
    {
        null => [],
        JsonArray list => list.Select(i => i?.ToString() ?? ""),
        var list => list.ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    };

    private static bool Flag(string key, JsonObject config) =>
        config[key] is { } value && (bool.TryParse(value.ToString(), out var flag)
            ? flag : throw new StartupException($"{key}: expected true or false, got '{value}'."));

    private static double Number(string key, string text, double min, double max) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new StartupException($"{key}: expected a number from {min} to {max}, got '{text}'.");

    private static int Port(string key, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new StartupException($"{key}: expected a number from 0 to 65535, got '{text}'.");

    private static TimeSpan? Seconds(JsonObject config, string key) =>
        Text(config, key) is { } text ? TimeSpan.FromSeconds(Number(key, text, 0.1, 86_400)) : null;

    private static IPAddress Address(string key, string text) =>
        text == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(text, out var address) ? address
        : throw new StartupException($"{key}: expected an IP address, got '{text}'.");

    private static IPNetwork Network(string key, string text)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return IPNetwork.TryParse(text, out var network) ? network
                : throw new StartupException($"{key}: expected an IP address or a network such as 10.0.0.0/8, got '{text}'.");
        }

        var address = Address(key, text);
        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return new IPNetwork(address, address.GetAddressBytes().Length * 8);
    }

    private static string OneLine(string key, string text) =>
        text.AsSpan().IndexOfAny('\n', '\r', '\0') < 0 ? text : throw new StartupException($"{key}: expected one line, got several.");

    private static string OneWord(string key, string text) =>
        text.All(c => !char.IsWhiteSpace(c) && !char.IsControl(c)) ? text : throw new StartupException($"{key}: must not contain spaces.");

    private static string? OnlyWithTls(string key, JsonObject config) => Text(config, key) is not { } text ? null
        : Text(config, "tls_pemfile") is not null ? text
        : throw new StartupException($"{key}: needs tls_pemfile. Client certificates are verified only on TLS connections.");

    private static string? Readable(string key, string? path)
    {
        if (path is not null)
        {
            Content(key, path);
        }

        return path;
    }

    private static ReadOnlyMemory<byte> Content(string key, JsonObject config) =>
        Text(config, key) is { } path ? Content(key, path) : default;

    private static byte[] Content(string key, string path)
    {
        try
        {
            return OptionFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{key}: cannot read '{path}': {e.Message}");
        }
    }
}
