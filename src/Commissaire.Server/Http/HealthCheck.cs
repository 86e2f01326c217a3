using System.Net;
using Commissaire.Configuration;
using Commissaire.Security;

namespace Commissaire.Http;

/// <summary>Checks the server on this machine, for containers without curl.</summary>
internal static class HealthCheck
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Requests <c>/healthz/ready</c>. Returns 0 if the server is ready; otherwise prints the reason and returns 1.</summary>
    public static async Task<int> Run(ServerSettings settings, TextWriter error, CancellationToken ct)
    {
        using var handler = new SocketsHttpHandler();
        if (settings.TlsPemFile is { } pem)
        {
            // The certificate's names are not for this address, so compare the certificate itself.
            var expected = Certificates.LoadWithKey("tls_pemfile", pem).Certificate;
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => expected.Equals(shown);
        }

        using var client = new HttpClient(handler) { Timeout = RequestTimeout };
        var scheme = settings.TlsPemFile is null ? "http" : "https";
        var url = new UriBuilder(scheme, AddressOf(settings.ListenInterface).ToString(), settings.ListenPort, $"{Health.Path}/ready").Uri;
        try
        {
            using var response = await client.GetAsync(url, ct);
            if (response.IsSuccessStatusCode)
            {
                return 0;
            }

            var body = await response.Content.ReadAsStringAsync(ct);
            await error.WriteLineAsync($"commissaire-server: {url} answers {(int)response.StatusCode}: {body}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            await error.WriteLineAsync($"commissaire-server: {url} does not answer: {e.GetBaseException().Message}");
        }

        return 1;
    }

    private static IPAddress AddressOf(IPAddress listenInterface) =>
        listenInterface.Equals(IPAddress.Any) ? IPAddress.Loopback
        : listenInterface.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : listenInterface;
}
