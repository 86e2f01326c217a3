using System.Net.Security;
using System.Net.Sockets;
using Commissaire.Configuration;

namespace Commissaire.Http;

/// <summary>Why an endpoint gave no response, and what to try.</summary>
internal sealed record ConnectionProblem(string Reason, string Advice)
{
    private const string StartOrName = "Start a server, or use --endpoint.";

    /// <summary>A server that does not respond in time.</summary>
    public static ConnectionProblem Timeout(string what, TimeSpan after) =>
        new($"no {what} within {after.TotalSeconds} s", "Check the address, the port and firewalls.");

    /// <summary>Explains a failed attempt.</summary>
    /// <param name="endpoint">The base URL of the server.</param>
    /// <param name="e">The failure.</param>
    /// <param name="certificate">The problem with the certificate of the server.</param>
    /// <param name="authorities">The certificate authorities of the server; null for those of the system.</param>
    public static ConnectionProblem Of(
        Uri endpoint, HttpRequestException e, SslPolicyErrors certificate, CertificateAuthorities? authorities) => e switch
        {
            { HttpRequestError: HttpRequestError.NameResolutionError } =>
                new(e.InnerException?.Message ?? "unknown name", $"Check the name '{endpoint.Host}', or use --endpoint."),
            { HttpRequestError: HttpRequestError.ProxyTunnelError } =>
                new("the proxy did not connect", $"Check the proxy in $https_proxy, or add '{endpoint.Host}' to $no_proxy."),
            { InnerException: SocketException socket } => new(socket.Message, StartOrName),
            { HttpRequestError: HttpRequestError.SecureConnectionError }
            when certificate == SslPolicyErrors.RemoteCertificateNameMismatch =>
                new($"its certificate is not for the name '{endpoint.Host}'", "Use --endpoint with a name of the certificate."),
            { HttpRequestError: HttpRequestError.SecureConnectionError } when certificate != SslPolicyErrors.None =>
                new($"its certificate is not trusted: {e.InnerException?.Message.TrimEnd('.')}", authorities is null
                    ? "Name the file of its certificate authority with --ca FILE, or as \"ca\" in the configuration."
                    : $"Check that {authorities.Path} contains its certificate authority."),
            { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                new($"TLS handshake failed: {e.InnerException?.Message.TrimEnd('.')}",
                    $"If the server does not use TLS, try --endpoint {Endpoint.WithScheme(endpoint, "http")}."),
            _ when endpoint.Scheme == "http" =>
                new("the connection broke", $"If the server uses TLS, try --endpoint {Endpoint.WithScheme(endpoint, "https")}."),
            _ => new("the connection broke", StartOrName),
        };
}
