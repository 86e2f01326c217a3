using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Commissaire.Acceptance.Tests;

public sealed class TlsTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("commissaire-tls-");
    private readonly Authority authority = Authority.Root();
    private readonly Issued shown;

    public TlsTests() => shown = authority.Server();

    public void Dispose()
    {
        shown.Dispose();
        authority.Dispose();
        directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_certificate_of_ones_own_serves_https_and_nothing_else()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var pem = Pem("own.pem", certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");

        await using var server = new Server(certificate, "--tls-pemfile", pem);
        await server.Start();
        var clusters = await server.Get("/clusters");
        using var plain = new HttpClient();
        var (healthy, _, _) = await Server.Run(
            "--no-config-file", "-i", "127.0.0.1", "-p", $"{server.Port}", "--tls-pemfile", pem, "--healthcheck");

        Assert.Equal("[]", clusters.Body);
        Assert.Equal(0, healthy);
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetStringAsync(new Uri($"http://127.0.0.1:{server.Port}/healthz/live")));
    }

    [Fact]
    public async Task The_intermediate_certificates_of_the_file_are_sent_along()
    {
        using var intermediate = authority.Intermediate();
        using var leaf = intermediate.Server();
        await using var server = new Server(leaf.Certificate, "--tls-pemfile", Pem("chain.pem", leaf.Pem + intermediate.Pem));
        await server.Start();
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { authority.Certificate },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        using var client = new HttpClient(handler);

        Assert.Equal("ok", await client.GetStringAsync(new Uri($"https://127.0.0.1:{server.Port}/healthz/live")));
    }

    [Fact]
    public async Task Only_a_valid_client_certificate_of_the_authority_opens_a_connection()
    {
        using var right = authority.Client("CN=operator");
        await using var server = await Started(right, "--tls-clientverifyfile", Pem("ca.pem", authority.Pem));
        using var namesake = Authority.Root();
        using var intermediate = authority.Intermediate();
        using var below = intermediate.Client("CN=operator");
        using var other = namesake.Client("CN=operator");
        using var expired = authority.Client("CN=operator", from: -0.9, to: -0.01);
        using var early = authority.Client("CN=operator", from: 0.01, to: 0.9);
        using var forServers = authority.Server();

        (await server.Get("/clusters")).Ok();
        foreach (var protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            Assert.Equal(HttpStatusCode.OK, await Knock(server, right, protocol));
            Assert.Equal(HttpStatusCode.OK, await Knock(server, below, protocol, intermediate));
            Assert.Null(await Knock(server, below, protocol));
            Assert.Null(await Knock(server, null, protocol));
            Assert.Null(await Knock(server, other, protocol));
            Assert.Null(await Knock(server, other, protocol, namesake));
            Assert.Null(await Knock(server, expired, protocol));
            Assert.Null(await Knock(server, early, protocol));
            Assert.Null(await Knock(server, forServers, protocol));
        }

        server.LogIn("a", "wrong");
        Assert.Equal(403, (await server.Get("/clusters")).Code);
    }

    [Fact]
    public async Task A_client_certificate_takes_the_place_of_a_password()
    {
        using var someone = authority.Client("CN=someone, O=anywhere");
        using var nobody = authority.Client("OU=someone, O=anywhere");
        await using var server = await Started(
            someone, hasUsers: false, "--tls-clientverifyfile", Pem("ca.pem", authority.Pem), "--authentication-plugin",
                "httpauthclientcert");

        Assert.Equal(HttpStatusCode.OK, await Knock(server, someone, path: "/api/v0/clusters"));
        Assert.Equal(HttpStatusCode.OK, await Knock(server, someone, path: "/api/v0/clusters"));
        Assert.Equal(HttpStatusCode.Forbidden, await Knock(server, nobody, path: "/api/v0/clusters"));
    }

    [Fact]
    public async Task A_configured_common_name_lets_in_that_one_only()
    {
        using var right = authority.Client("CN=operator, O=anywhere");
        using var other = authority.Client("CN=operator2");
        using var unit = authority.Client("OU=operator");
        using var organization = authority.Client("O=operator, CN=somebody");
        using var spelled = authority.Client("CN=Operator");
        using var elsewhere = Authority.Root("CN=Another CA");
        using var impostor = elsewhere.Client("CN=operator");
        var config = Pem("commissaire.conf", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["tls-pemfile"] = Pem("server.pem", shown.Pem),
            ["tls-clientverifyfile"] = Pem("ca.pem", authority.Pem),
            ["authentication-plugins"] = new[] { new { name = "commissaire_http.authentication.httpauthclientcert", cn = "operator" } },
        }));
        await using var server =
            new Server(shown.Certificate, "--config-file", config) { HasUsers = false, ClientCertificate = right.Certificate };
        await server.Start();

        (await server.Get("/clusters")).Ok();
        Assert.Equal(HttpStatusCode.OK, await Knock(server, right, path: "/api/v0/clusters"));
        foreach (var refused in new[] { other, unit, organization, spelled })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await Knock(server, refused, path: "/api/v0/clusters"));
        }

        Assert.Null(await Knock(server, impostor, path: "/api/v0/clusters"));
        Assert.Null(await Knock(server, null, path: "/api/v0/clusters"));
    }

    [Theory]
    [InlineData("certificate", "tls_pemfile: '{0}' must contain a certificate and its private key in PEM format: ", "--tls-pemfile", "{0}")]
    [InlineData("key", "tls_pemfile: '{0}' must contain a certificate and its private key in PEM format: ", "--tls-pemfile", "{0}")]
    [InlineData("nonsense", "tls_pemfile: '{0}' must contain a certificate and its private key in PEM format: ", "--tls-pemfile", "{0}")]
    [InlineData("key", "tls_clientverifyfile: '{0}' must contain the certificates of authorities in PEM format", "--tls-pemfile", "{1}",
        "--tls-clientverifyfile", "{0}")]
    [InlineData("nonsense", "tls_clientverifyfile: '{0}' must contain the certificates of authorities in PEM format",
        "--tls-pemfile", "{1}",
        "--tls-clientverifyfile", "{0}")]
    [InlineData("broken", "tls_clientverifyfile: '{0}' must contain the certificates of authorities in PEM format", "--tls-pemfile", "{1}",
        "--tls-clientverifyfile", "{0}")]
    [InlineData("certificate", "tls_clientverifyfile: needs tls_pemfile", "--tls-clientverifyfile", "{0}")]
    public async Task A_file_that_cannot_serve_is_named_in_one_line(string content, string message, params string[] arguments)
    {
        var file = Pem("some.pem", content switch
        {
            "certificate" => shown.Certificate.ExportCertificatePem(),
            "key" => shown.Key,
            "broken" => "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            _ => "nonsense",
        });
        var server = Pem("server.pem", shown.Pem);

        var (exitCode, _, error) = await Server.Run(
            ["--no-config-file", "--data-dir", directory.FullName, .. arguments.Select(a => string.Format(null, a, file, server))]);

        Assert.Equal(2, exitCode);
        Assert.StartsWith(
            $"commissaire-server: {string.Format(null, message, file)}",
                Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private string Pem(string name, string content)
    {
        var path = Path.Combine(directory.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    private Task<Server> Started(Issued client, params string[] arguments) => Started(client, hasUsers: true, arguments);

    private async Task<Server> Started(Issued client, bool hasUsers, params string[] arguments)
    {
        var server = new Server(shown.Certificate, ["--tls-pemfile", Pem("server.pem", shown.Pem), .. arguments])
        {
            HasUsers = hasUsers,
            ClientCertificate = client.Certificate
        };
        await server.Start();
        return server;
    }

    /// <summary>Sends a request with a client certificate over a new connection. Returns null if the server closes it.</summary>
    private async Task<HttpStatusCode?> Knock(
        Server server, Issued? client, SslProtocols protocol = SslProtocols.None, Authority? alongWith = null,
            string path = "/healthz/live")
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.EnabledSslProtocols = protocol;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, seen, _, _) => shown.Certificate.Equals(seen);
        handler.SslOptions.ClientCertificateContext = client is null ? null
            : SslStreamCertificateContext.Create(client.Certificate, alongWith is null ? null : [alongWith.Certificate], offline: true);
        using var http = new HttpClient(handler);
        try
        {
            using var answer = await http.GetAsync(new Uri($"https://127.0.0.1:{server.Port}{path}"));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
