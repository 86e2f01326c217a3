using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Thrown while connecting to a server that is not the API, before anything is sent to it.</summary>
/// <param name="wrongName">Whether its authority is trusted, so that only its name is wrong.</param>
/// <param name="message">The problem with the certificate, for an operator.</param>
internal sealed class UntrustedServerException(bool wrongName, string message) : AuthenticationException(message)
{
    public bool WrongName => wrongName;
}

/// <summary>
/// Verifies that a server is the API: that its certificate carries the API's name, and that an authority of the options, or of the
/// machine if the options have none, has issued it for a server.
/// </summary>
internal sealed class ApiTrust
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const int MaxListedNames = 5;

    private readonly X509Certificate2Collection? _authorities;

    private ApiTrust(X509Certificate2Collection? authorities) => _authorities = authorities;

    /// <summary>
    /// Creates a client, and the handler of its connections. The client by itself accepts each certificate of a private authority,
    /// whatever its name, and follows redirects, so its credentials could reach another server.
    /// </summary>
    public static (k8s.Kubernetes Client, SocketsHttpHandler Connections) Connect(KubernetesClientConfiguration configuration)
    {
        SocketsHttpHandler? connections = null;
        configuration.FirstMessageHandlerSetup = first => connections = first as SocketsHttpHandler;
        var client = new k8s.Kubernetes(configuration);
        if (connections is null)
        {
            client.Dispose();
            throw new InvalidOperationException("The Kubernetes client does not offer its connections, so its server cannot be verified.");
        }

        (connections.AllowAutoRedirect, connections.UseCookies) = (false, false);
        connections.ConnectTimeout = KubernetesSettings.RequestTimeout;
        if (!configuration.SkipTlsVerify)
        {
            var authorities = configuration.SslCaCerts is { Count: > 0 } set ? set : null;
            connections.SslOptions.CertificateChainPolicy = authorities is null ? null : Policy(authorities);
            connections.SslOptions.RemoteCertificateValidationCallback = new ApiTrust(authorities).Verify;
        }

        return (client, connections);
    }

    /// <summary>The chain policy that trusts only these authorities.</summary>
    public static X509ChainPolicy Policy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>
    /// Whether a chain is complete but for the authority of its last certificate, which is trusted itself. Kubernetes trusts every
    /// certificate in its list of authorities, also those that another authority issued.
    /// </summary>
    public static bool EndsAtAuthority(X509Chain chain, X509Certificate2Collection authorities) =>
        chain.ChainStatus.Length > 0
        && chain.ChainStatus.All(status => status.Status == X509ChainStatusFlags.PartialChain)
        && chain.ChainElements is [.., var last]
        && authorities.Any(authority => authority.RawDataMemory.Span.SequenceEqual(last.Certificate.RawDataMemory.Span));

    private bool Verify(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None
            || (errors == SslPolicyErrors.RemoteCertificateChainErrors && _authorities is { } trusted && EndsAtAuthority(chain!, trusted)))
        {
            return true;
        }

        if (certificate is not X509Certificate2 shown || chain is null)
        {
            throw new UntrustedServerException(false, "the API has shown no certificate");
        }

        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) && !EndsAtAuthority(chain, _authorities ?? []))
        {
            var outdated = chain.ChainStatus.Any(s => s.Status.HasFlag(X509ChainStatusFlags.NotTimeValid));
            throw new UntrustedServerException(false, outdated
                ? $"the API's certificate, or that of its authority, is not valid now; it ends {shown.NotAfter.ToUniversalTime():u}"
                : "the API's certificate is not trusted: set its certificate authority as option ca");
        }

        throw new UntrustedServerException(true,
            $"the API's certificate is for {Names(shown)}, not for {((SslStream)sender).TargetHostName}: "
            + "set the URL to a name in the certificate");
    }

    // The server chose the names: only the characters of names and addresses are displayed.
    private static string Names(X509Certificate2 certificate)
    {
        try
        {
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(address => $"{address}")))
                .Where(name => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':' or '*'))
                .Take(MaxListedNames + 1).ToList();
            return names.Count == 0 ? "no name"
                : string.Join(", ", names.Take(MaxListedNames)) + (names.Count > MaxListedNames ? ", …" : "");
        }
        catch (CryptographicException)
        {
            return "unreadable names";
        }
    }
}
