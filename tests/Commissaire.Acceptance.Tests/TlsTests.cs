using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Acceptance.Tests;

public sealed class TlsTests
{
    [Fact]
    public async Task A_certificate_of_ones_own_serves_https_and_nothing_else()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var directory = Directory.CreateTempSubdirectory("commissaire-tls-");
        var pem = Path.Combine(directory.FullName, "server.pem");
        await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");

        await using var server = new Server(certificate, "--tls-pemfile", pem);
        await server.Start();
        var clusters = await server.Get("/clusters");
        using var plain = new HttpClient();

        Assert.Equal("[]", clusters.Body);
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/healthz/live")));
        directory.Delete(recursive: true);
    }
}
