namespace Commissaire.Cli.Tests;

/// <summary>Responses that no Commissaire server sends.</summary>
public sealed class WrongServerTests : IDisposable
{
    private const string Html = "<!DOCTYPE html><html><head><title>Welcome to\n nginx!</title></head></html>";

    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("cluster list", "GET /clusters", 200, Html, "200, the HTML page 'Welcome to nginx!'")]
    [InlineData("cluster list", "GET /clusters", 404, Html, "404, the HTML page 'Welcome to nginx!'")]
    [InlineData("cluster list", "GET /clusters", 404, "<h1>Not Found</h1>", "404, an HTML page")]
    [InlineData("cluster list", "GET /clusters", 404, "404 page not found\n", "404, the text '404 page not found'")]
    [InlineData("cluster list", "GET /clusters", 404, "", "404, without a body")]
    [InlineData("cluster list", "GET /clusters", 200, "", "200, without a body")]
    [InlineData("cluster list", "GET /clusters", 200, """{"hello":"world"}""", "200, other JSON than that of Commissaire")]
    [InlineData("cluster get kk", "GET /cluster/kk", 200, """{"hello":"world"}""", "200, other JSON than that of Commissaire")]
    [InlineData("cluster get kk", "GET /cluster/kk", 404, """{"kind":"Status","code":404}""", "404, other JSON than that of Commissaire")]
    [InlineData("cluster get kk", "GET /cluster/kk", 404, """{"detail":"Not Found"}""", "404, other JSON than that of Commissaire")]
    [InlineData("cluster delete kk", "DELETE /cluster/kk", 404, Html, "404, the HTML page 'Welcome to nginx!'")]
    [InlineData("cluster create kk", "PUT /cluster/kk", 200, "It works!", "200, the text 'It works!'")]
    [InlineData("cluster restart status kk", "GET /cluster/kk/restart", 403, Html, "403, the HTML page 'Welcome to nginx!'")]
    [InlineData("cluster restart status --watch kk", "GET /events?cluster=kk", 200, Html, "200, the HTML page 'Welcome to nginx!'")]
    [InlineData("host history 10.0.0.1", "GET /host/10.0.0.1/history?after=0&limit=1000", 404, Html,
        "404, the HTML page 'Welcome to nginx!'")]
    [InlineData("host ssh 10.0.0.1", "GET /host/10.0.0.1", 404, Html, "404, the HTML page 'Welcome to nginx!'")]
    public async Task A_response_of_another_server_is_an_error(string line, string request, int status, string body, string description)
    {
        commctl.Server.On(request, body, status);

        var result = await commctl.Run(line);

        var error = $"commctl {line.Split(' ')[0]}: error: {commctl.Server.Url} answered, but it is not a Commissaire server "
            + $"({description}). Check --endpoint.\n";
        Assert.Equal((2, error), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData("https://commissaire.example.com/api/v0/clusters",
        "If the server is there, use --endpoint https://commissaire.example.com.")]
    [InlineData("/login?next=/api/v0/clusters", "Check --endpoint.")]
    public async Task A_redirect_is_not_followed_but_named(string location, string advice)
    {
        commctl.Server.On("GET /clusters", context =>
        {
            context.Response.Headers["Location"] = location;
            return FakeServer.Send(context, 301, Html);
        });

        var result = await commctl.Run("cluster list");

        Assert.Equal(2, result.ExitCode);
        Assert.EndsWith($"is not a Commissaire server (301, a redirect to {location}). {advice}\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_wants_TLS_and_says_so_is_recognised()
    {
        commctl.Server.On("GET /clusters", "Client sent an HTTP request to an HTTPS server.\n", 400);

        var result = await commctl.Run("cluster list");

        Assert.EndsWith($"Try --endpoint https://127.0.0.1:{commctl.Server.Port}.\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cluster get kk", "GET /cluster/kk", "Not Found")]
    [InlineData("cluster get kk", "GET /cluster/kk", """{"type":"about:blank","title":"Not Found","status":404,"detail":"No."}""")]
    public async Task A_missing_object_is_still_no_error(string line, string request, string body)
    {
        commctl.Server.On(request, body, 404);

        Assert.Equal((0, "No object found.\n...\n"), await OutputOf(line));
    }

    [Fact]
    public async Task A_proxy_without_a_server_is_recognised()
    {
        commctl.Server.On("GET /clusters", Html, 502);

        var result = await commctl.Run("cluster list");

        Assert.Equal((2, "commctl cluster: error: Unable to GET the object at /api/v0/clusters: 502. "
            + "A proxy rejected the request: the server behind it may be down.\n"), (result.ExitCode, result.Error));
    }

    private async Task<(int, string)> OutputOf(string line)
    {
        var result = await commctl.Run(line);
        return (result.ExitCode, result.Output);
    }
}
