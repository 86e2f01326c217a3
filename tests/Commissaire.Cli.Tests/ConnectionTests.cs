namespace Commissaire.Cli.Tests;

/// <summary>Endpoints with which no connection is possible, and certificate authorities.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("10.0.0.1:8000", "is not an http or https URL. Did you mean http://10.0.0.1:8000?")]
    [InlineData("commissaire.example.com", "is not an http or https URL. Did you mean http://commissaire.example.com?")]
    [InlineData("http://127.0.0.1:8000:9000", "is not an http or https URL. Expected a URL such as http://127.0.0.1:8000.")]
    [InlineData("http://127.0.0.1:8000/api/v0/", "is not a base URL. Leave out '/api/v0', which commctl adds.")]
    [InlineData("http://127.0.0.1:8000/?a=b", "is not a base URL. Leave out '?a=b'.")]
    public async Task An_endpoint_that_is_no_base_url_is_refused(string endpoint, string problem)
    {
        var result = await commctl.Run("cluster", "list", "--endpoint", endpoint);

        Assert.Equal((2, $"commctl cluster: error: The endpoint '{endpoint}' {problem}\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task A_password_in_an_endpoint_is_refused_and_not_repeated()
    {
        var result = await commctl.Run("cluster", "list", "--endpoint", "http://a:s3cret@127.0.0.1:8000");

        Assert.Equal((2, "commctl cluster: error: The endpoint of host '127.0.0.1' contains a user. "
            + "Use --username and --password-file instead.\n"), (result.ExitCode, result.Error));
    }

    [Fact]
    public async Task Https_against_a_plain_server_says_to_try_http()
    {
        var result = await commctl.Run("cluster", "list", "--endpoint", $"https://127.0.0.1:{commctl.Server.Port}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("TLS handshake failed: ", result.Error, StringComparison.Ordinal);
        Assert.EndsWith($"If the server does not use TLS, try --endpoint {commctl.Server.Url}.\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cluster list")]
    [InlineData("cluster create kk")]
    public async Task Http_against_a_server_with_TLS_says_to_try_https(string line)
    {
        using var server = new TlsServer();

        var result = await commctl.Run([.. line.Split(' '), "--endpoint", $"http://{server.Authority}"]);

        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith($"If the server uses TLS, try --endpoint https://{server.Authority}.\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_name_is_named()
    {
        var result = await commctl.Run("cluster", "list", "--endpoint", "http://no.such.invalid:8000");

        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith("Check the name 'no.such.invalid', or use --endpoint.\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_says_to_name_its_authority()
    {
        using var server = new TlsServer();

        var result = await commctl.Run("cluster", "list", "--endpoint", $"https://{server.Authority}");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("its certificate is not trusted: ", result.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            "Name the file of its certificate authority with --ca FILE, or as \"ca\" in the configuration.\n", result.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_on_the_command_line_or_in_the_configuration_is_trusted()
    {
        using var server = new TlsServer();
        var ca = commctl.File("ca.pem", server.AuthorityPem);
        var config = commctl.File(
            "ca.json", $$"""{"username": "a", "password": "a", "endpoint": "https://{{server.Authority}}", "ca": "~/ca.pem"}""");

        var named = await commctl.Run("cluster", "list", "--endpoint", $"https://{server.Authority}", "--ca", ca);
        var configured = await commctl.Run("cluster", "list", "--config", config);

        Assert.Equal((0, "[]\n", ""), (named.ExitCode, named.Output, named.Error));
        Assert.Equal((0, "[]\n", ""), (configured.ExitCode, configured.Output, configured.Error));
    }

    [Fact]
    public async Task Only_the_named_authority_is_trusted()
    {
        using var server = new TlsServer();
        using var other = new TlsServer();
        var ca = commctl.File("ca.pem", other.AuthorityPem);

        var result = await commctl.Run("cluster", "list", "--endpoint", $"https://{server.Authority}", "--ca", ca);

        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith($"Check that {ca} contains its certificate authority.\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_rejected()
    {
        using var server = new TlsServer("other.example.com");
        var ca = commctl.File("ca.pem", server.AuthorityPem);

        var result = await commctl.Run("cluster", "list", "--endpoint", $"https://{server.Authority}", "--ca", ca);

        Assert.Equal(1, result.ExitCode);
        Assert.EndsWith(
            "(its certificate is not for the name '127.0.0.1'). Use --endpoint with a name of the certificate.\n", result.Error,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "argument --ca: can't open '")]
    [InlineData("no certificate", "contains no certificate. Expected a file in PEM.")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "contains an invalid certificate: ")]
    public async Task An_unusable_file_of_authorities_is_an_error(string? content, string problem)
    {
        var ca = content is null ? Path.Combine(commctl.Home, "none") : commctl.File("ca.pem", content);

        var result = await commctl.Run("cluster", "list", "--endpoint", "https://127.0.0.1:1", "--ca", ca);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
        Assert.Contains(ca, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_for_a_plain_server_is_refused()
    {
        var result = await commctl.Run("cluster", "list", "--ca", commctl.File("ca.pem", ""));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("argument --ca: the endpoint http://127.0.0.1:", result.Error, StringComparison.Ordinal);
    }
}
