using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Commissaire.Storage;
using k8s;
using k8s.KubeConfigModels;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Reads the client configuration of a Kubernetes API from the options of a container manager.</summary>
internal static class KubernetesSettings
{
    /// <summary>The timeout of one request.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    private static readonly string[] ReplacedByKubeconfig =
        ["server_url", "apiserver", "token", "certificate_path", "certificate_key_path", "ca"];

    public static readonly string[] SecretOptions = ["token", "password"];

    /// <summary>The text shown in place of a secret option.</summary>
    public const string Mask = "***";

    /// <summary>Validates the option <c>join</c>.</summary>
    /// <exception cref="FormatException">The option is invalid; the message starts with its name.</exception>
    public static void CheckJoin(ContainerManagerType type, OptionSet options, KubernetesClientConfiguration? configuration)
    {
        switch (options.Text("join"))
        {
            case null:
                return;
            case "kubeadm" when type != ContainerManagerType.Kubernetes:
                throw new FormatException(
                    $"join: kubeadm needs type kubernetes, got type {type.ToString().ToLowerInvariant()}. Remove the option.");
            case "kubeadm":
                BootstrapTokens.Authorities(configuration?.SslCaCerts);
                return;
            case var other:
                throw new FormatException($"join: expected kubeadm, got '{other}'.");
        }
    }

    /// <summary>Reads the client configuration. The token is separate, because it is masked in the options.</summary>
    /// <exception cref="FormatException">An option is invalid; the message starts with its name.</exception>
    public static KubernetesClientConfiguration Read(OptionSet options, string? token)
    {
        if (options.Text("kubeconfig") is { Length: > 0 } kubeconfig)
        {
            return FromFile(options, kubeconfig);
        }

        var url = Url(options);
        var configuration = new KubernetesClientConfiguration
        {
            Host = url.GetLeftPart(UriPartial.Authority),
            HttpClientTimeout = RequestTimeout,
            SkipTlsVerify = Flag(options, "insecure_skip_tls_verify"),
        };
        Credentials(options, token, url, configuration);
        if (options.Text("ca") is { Length: > 0 } ca)
        {
            configuration.SslCaCerts = Authorities(ca);
        }

        return configuration;
    }

    private static KubernetesClientConfiguration FromFile(OptionSet options, string path)
    {
        var conflicting = ReplacedByKubeconfig.FirstOrDefault(o => options.Text(o) is not null);
        if (conflicting is not null)
        {
            throw new FormatException($"{conflicting}: conflicts with kubeconfig, which contains the same setting. Set only one of them.");
        }

        RequirePath("kubeconfig", path);
        RequireFile("kubeconfig", path);
        try
        {
            RequireFilesOf(KubernetesClientConfiguration.LoadKubeConfig(path), Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
            var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(path, options.Text("context"));
            configuration.HttpClientTimeout = RequestTimeout;
            return configuration;
        }
        catch (Exception e) when (e is k8s.Exceptions.KubeConfigException or IOException or UnauthorizedAccessException
            or YamlDotNet.Core.YamlException or CryptographicException)
        {
            // The YAML parser's message may contain secrets from the file.
            var reason = e is YamlDotNet.Core.YamlException yaml ? $"line {yaml.Start.Line} is not valid YAML" : e.Message;
            throw new FormatException($"kubeconfig: cannot use '{path}': {reason}", e);
        }
    }

    // Clients of 2017 call the option apiserver.
    private static Uri Url(OptionSet options)
    {
        var name = options.Text("server_url") is null && options.Text("apiserver") is not null ? "apiserver" : "server_url";
        return options.Text(name) is not { } text
            ? throw new FormatException("server_url: is missing. Set the URL of the Kubernetes API, or set kubeconfig.")
            : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                ? uri!.UserInfo.Length == 0 ? uri
                    : throw new FormatException($"{name}: contains credentials, which would be displayed. Set a token instead.")
            : throw new FormatException($"{name}: expected a URL such as https://host:port, got '{text}'.");
    }

    private static void Credentials(OptionSet options, string? token, Uri url, KubernetesClientConfiguration configuration)
    {
        var (certificate, key) = (options.Text("certificate_path"), options.Text("certificate_key_path"));
        const string BothPaths = "is missing. Set both certificate_path and certificate_key_path.";
        var problem = (token, certificate, key) switch
        {
            ("", _, _) => "token: is empty. Set a token.",
            (Mask, _, _) => $"token: '{Mask}' is the mask of a token. Set the token itself.",
            (_, null, not null) => $"certificate_path: {BothPaths}",
            (_, not null, null) => $"certificate_key_path: {BothPaths}",
            (null, null, _) => "token: is missing. Set a token, or certificate_path and certificate_key_path.",
            (not null, not null, _) => "token: conflicts with certificate_path. Set only one kind of credentials.",
            (null, not null, _) when url.Scheme != "https" => $"certificate_path: needs an https URL in server_url, got '{url}'.",
            _ => null,
        };
        if (problem is not null)
        {
            throw new FormatException(problem);
        }

        if (certificate is null)
        {
            configuration.AccessToken = token;
            return;
        }

        RequirePath("certificate_path", certificate);
        RequirePath("certificate_key_path", key!);
        RequireFile("certificate_path", certificate);
        RequireFile("certificate_key_path", key!);
        try
        {
            using var pair = X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException(
                $"certificate_path: '{certificate}' and '{key}' must contain a certificate and its private key: {e.Message}", e);
        }

        (configuration.ClientCertificateFilePath, configuration.ClientKeyFilePath) = (certificate, key);
    }

    // The error must not repeat the text: a client may have sent the secret itself instead of a path.
    private static void RequirePath(string option, string path)
    {
        if (path.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0 || path.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            throw new FormatException($"{option}: expected the path of a file on the server, got its content.");
        }
    }

    // Paths in a kubeconfig are relative to its directory. The files of other contexts may be missing.
    private static void RequireFilesOf(K8SConfiguration kubeconfig, string directory)
    {
        var files = (kubeconfig.Clusters ?? []).Select(c => c.ClusterEndpoint?.CertificateAuthority)
            .Concat((kubeconfig.Users ?? []).SelectMany(u => new[] { u.UserCredentials?.ClientCertificate, u.UserCredentials?.ClientKey }));
        foreach (var file in files.Where(f => !string.IsNullOrEmpty(f)).Select(f => Path.Combine(directory, f!)).Where(File.Exists))
        {
            RequireFile("kubeconfig", file);
        }
    }

    // The library would read an endless file to its end, and wait for the writer of a named pipe.
    private static void RequireFile(string option, string path)
    {
        try
        {
            OptionFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{option}: cannot use '{path}': {e.Message}", e);
        }
    }

    private static X509Certificate2Collection Authorities(string ca)
    {
        var authorities = new X509Certificate2Collection();
        var inline = ca.Contains("-----BEGIN", StringComparison.Ordinal);
        var source = inline ? "the text" : $"'{ca}'";
        try
        {
            if (inline)
            {
                authorities.ImportFromPem(ca);
            }
            else
            {
                RequireFile("ca", ca);
                authorities.ImportFromPemFile(ca);
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"ca: {source} is not a certificate in PEM format: {e.Message}", e);
        }

        return authorities.Count > 0 ? authorities : throw new FormatException($"ca: {source} contains no certificate in PEM format.");
    }

    private static bool Flag(OptionSet options, string name) => options.Text(name)?.ToLowerInvariant() switch
    {
        null or "false" => false,
        "true" => true,
        var other => throw new FormatException($"{name}: expected true or false, got '{other}'."),
    };
}
