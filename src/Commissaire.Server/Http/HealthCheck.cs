using System.Net;
using Commissaire.Configuration;
using Commissaire.Security;

namespace Commissaire.Http;

/// <summary>Asks the server beside it whether it is ready: for containers, in which there is nothing else to ask with.</summary>
internal static class HealthCheck
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Asks.</summary>
    /// <param name="settings">The settings of the server that is asked.</param>
    /// <param name="error">Where it is said why it is not ready.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The exit status: 0 when it is ready, or else 1.</returns>
    public static async Task<int> Run(ServerSettings settings, TextWriter error, CancellationToken ct)
    {
        using var handler = new SocketsHttpHandler();
        if (settings.TlsPemFile is { } pem)
        {
            // The names in it are for others. Whoever shows the same one is the server that was meant.
            var own = Certificates.LoadWithKey("tls_pemfile", pem).Certificate;
            handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => own.Equals(shown);
        }

        using var client = new HttpClient(handler) { Timeout = RequestTimeout };
        var asked = new UriBuilder(settings.TlsPemFile is null ? "http" : "https", Reached(settings.ListenInterface).ToString(), settings.ListenPort, "/healthz/ready").Uri;
        try
        {
            using var answer = await client.GetAsync(asked, ct);
            if (answer.IsSuccessStatusCode)
            {
                return 0;
            }

            await error.WriteLineAsync($"commissaire-server: {asked} answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            await error.WriteLineAsync($"commissaire-server: {asked} does not answer: {e.GetBaseException().Message}");
        }

        return 1;
    }

    private static IPAddress Reached(IPAddress listens) =>
        listens.Equals(IPAddress.Any) ? IPAddress.Loopback
        : listens.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : listens;
}
