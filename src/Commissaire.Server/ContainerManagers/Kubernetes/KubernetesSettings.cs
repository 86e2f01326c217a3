using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Reads how a Kubernetes API is reached from the options of a container manager.</summary>
internal static class KubernetesSettings
{
    /// <summary>How long one request may take.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    private static readonly string[] SaidByKubeconfig = ["server_url", "apiserver", "token", "certificate_path", "certificate_key_path", "ca"];

    /// <summary>The options that are secrets.</summary>
    public static readonly string[] SecretOptions = ["token", "password"];

    /// <summary>What is shown of a secret option.</summary>
    public const string Mask = "***";

    /// <summary>Sees to it that hosts can join as the options say.</summary>
    /// <exception cref="FormatException">They cannot; the message begins with the option's name.</exception>
    public static void CheckJoin(ContainerManagerType type, OptionSet options, KubernetesClientConfiguration? configuration)
    {
        switch (options.Text("join"))
        {
            case null:
                return;
            case "kubeadm" when type != ContainerManagerType.Kubernetes:
                throw new FormatException($"join: hosts are joined with kubeadm to managers of type kubernetes only, not {type.ToString().ToLowerInvariant()}.");
            case "kubeadm":
                BootstrapTokens.Authorities(configuration?.SslCaCerts);
                return;
            case var other:
                throw new FormatException($"join: '{other}' is no way to join; expected kubeadm.");
        }
    }

    /// <summary>The configuration of a client.</summary>
    /// <param name="options">The options.</param>
    /// <param name="token">The token, which the options hold masked; null when there is none.</param>
    /// <exception cref="FormatException">They cannot be used; the message begins with the option's name.</exception>
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
        var beside = SaidByKubeconfig.FirstOrDefault(o => options.Text(o) is not null);
        if (beside is not null)
        {
            throw new FormatException($"{beside}: stands beside kubeconfig, which says it already; give one or the other.");
        }

        RequirePath("kubeconfig", path);
        try
        {
            var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(path, options.Text("context"));
            configuration.HttpClientTimeout = RequestTimeout;
            return configuration;
        }
        catch (Exception e) when (e is k8s.Exceptions.KubeConfigException or IOException or UnauthorizedAccessException or YamlDotNet.Core.YamlException or CryptographicException)
        {
            // A parser may repeat what it has read.
            var why = e is YamlDotNet.Core.YamlException yaml ? $"line {yaml.Start.Line} is not understood" : e.Message;
            throw new FormatException($"kubeconfig: '{path}' cannot be used: {why}", e);
        }
    }

    // The manual of 2017 calls it apiserver.
    private static Uri Url(OptionSet options)
    {
        var (name, text) = options.Text("server_url") is { } url ? ("server_url", url) : options.Text("apiserver") is { } other ? ("apiserver", other) : ("server_url", null);
        return text is null ? throw new FormatException("server_url: is missing; expected the URL of a Kubernetes API, or kubeconfig.")
            : Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                ? uri!.UserInfo.Length == 0 ? uri : throw new FormatException($"{name}: holds credentials, which would be shown; give a token.")
            : throw new FormatException($"{name}: '{text}' is not a URL; expected https://host:port.");
    }

    private static void Credentials(OptionSet options, string? token, Uri url, KubernetesClientConfiguration configuration)
    {
        var (certificate, key) = (options.Text("certificate_path"), options.Text("certificate_key_path"));
        if (token is "" or Mask)
        {
            throw new FormatException(token.Length == 0 ? "token: is empty." : $"token: '{Mask}' is what is shown in place of a token; give the token itself.");
        }

        if (certificate is null != key is null)
        {
            throw new FormatException($"{(certificate is null ? "certificate_path" : "certificate_key_path")}: is missing; certificate_path and certificate_key_path go together.");
        }

        if (token is not null && certificate is not null)
        {
            throw new FormatException("token: stands beside certificate_path; give one kind of credentials.");
        }

        if (token is null && certificate is null)
        {
            throw new FormatException("token: is missing; expected a token, or certificate_path and certificate_key_path.");
        }

        if (certificate is null)
        {
            configuration.AccessToken = token;
            return;
        }

        if (url.Scheme != "https")
        {
            throw new FormatException($"certificate_path: needs an https URL, and server_url is '{url}'.");
        }

        RequirePath("certificate_path", certificate);
        RequirePath("certificate_key_path", key!);
        try
        {
            using var pair = X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"certificate_path: '{certificate}' and '{key}' are not a certificate and its key: {e.Message}", e);
        }

        (configuration.ClientCertificateFilePath, configuration.ClientKeyFilePath) = (certificate, key);
    }

    // Whoever puts the text itself there must not see it again in an error.
    private static void RequirePath(string option, string path)
    {
        if (path.AsSpan().IndexOfAny('\n', '\r', '\0') >= 0 || path.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            throw new FormatException($"{option}: expected the path of a file, got more than one line.");
        }
    }

    private static X509Certificate2Collection Authorities(string ca)
    {
        var authorities = new X509Certificate2Collection();
        var inline = ca.Contains("-----BEGIN", StringComparison.Ordinal);
        try
        {
            if (inline)
            {
                authorities.ImportFromPem(ca);
            }
            else
            {
                authorities.ImportFromPemFile(ca);
            }
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"ca: {(inline ? "the text" : $"'{ca}'")} is not a certificate in PEM form: {e.Message}", e);
        }

        return authorities.Count > 0 ? authorities : throw new FormatException($"ca: {(inline ? "the text" : $"'{ca}'")} holds no certificate in PEM form.");
    }

    private static bool Flag(OptionSet options, string name) => options.Text(name)?.ToLowerInvariant() switch
    {
        null or "false" => false,
        "true" => true,
        var other => throw new FormatException($"{name}: '{other}' is neither true nor false."),
    };
}
