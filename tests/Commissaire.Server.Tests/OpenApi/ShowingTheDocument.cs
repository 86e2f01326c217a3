using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.OpenApi;

/// <summary>The page at <c>/docs</c>.</summary>
[Collection(OneServer.Name)]
public sealed partial class ShowingTheDocument(SharedServer shared)
{
    [Fact]
    public async Task The_page_refers_to_this_server_only()
    {
        using var page = await Get("/docs/");
        var html = await page.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("//", html, StringComparison.Ordinal);
        foreach (var link in Link().Matches(html).Select(m => m.Groups[1].Value))
        {
            using var part = await Get($"/docs/{link}");
            Assert.Equal(("text/javascript", HttpStatusCode.OK), (part.Content.Headers.ContentType?.MediaType, part.StatusCode));
            Assert.Equal("nosniff", part.Headers.GetValues("X-Content-Type-Options").Single());
        }

        Assert.NotEmpty(Link().Matches(html));
    }

    [Fact]
    public async Task The_browser_may_load_nothing_from_elsewhere()
    {
        using var page = await Get("/docs/");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        var directives = policy.Split(';', StringSplitOptions.TrimEntries).Select(d => d.Split(' ')).ToDictionary(d => d[0], d => d[1..]);

        Assert.Equal(["'none'"], directives["default-src"]);
        Assert.Equal(["'none'"], directives["frame-ancestors"]);
        Assert.Equal(["'self'"], directives["connect-src"]);
        Assert.Equal(2, directives["script-src"].Length);
        var nonce = directives["script-src"][1]["'nonce-".Length..^1];
        Assert.Contains($" nonce=\"{nonce}\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(directives.Values.SelectMany(s => s).Where(s => !s.StartsWith('\'') && s != "data:"));
        using var again = await Get("/docs/");
        Assert.NotEqual(policy, again.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task The_page_shows_the_document_and_sends_nothing_else()
    {
        using var page = await Get("/docs/");
        var settings = JsonNode.Parse(Settings().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value)!;

        var shown = Assert.Single(settings["sources"]!.AsArray())!["url"]!.ToString();
        Assert.StartsWith("docs/", shown, StringComparison.Ordinal);
        Assert.Equal((await shared.Server.Send("GET ~/openapi/v1.json")).Body, (await shared.Server.Send($"GET ~/{shown}")).Body);
        Assert.All(
            new[] { "telemetry", "withDefaultFonts", "persistAuth" }, off => Assert.Equal("false", settings[off]!.ToJsonString()));
        Assert.All(
            new[] { "hideTestRequestButton", "hideClientButton", "hiddenClients" },
            on => Assert.Equal("true", settings[on]!.ToJsonString()));
        Assert.Equal(("", "never"), (settings["proxyUrl"]!.ToString(), settings["showDeveloperTools"]!.ToString()));
        Assert.All(new[] { "agent", "mcp" }, off => Assert.Equal("true", settings[off]!["disabled"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("/docs")]
    [InlineData("/docs/")]
    [InlineData("/docs/scalar.js")]
    [InlineData("/docs/v1.json")]
    [InlineData("/docs/nothing")]
    public async Task A_browser_is_asked_for_a_password(string path)
    {
        foreach (var authorization in new[] { null, "Basic Tm9uZTpOb25l", "Bearer x.y" })
        {
            using var refused = await Get(path, authorization);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Equal("Basic realm=\"Commissaire\", charset=\"UTF-8\"", refused.Headers.WwwAuthenticate.ToString());
        }
    }

    [Theory]
    [InlineData("/docsx")]
    [InlineData("/api/v0/hosts")]
    [InlineData("/openapi/v1.json")]
    public async Task Only_the_page_asks(string path)
    {
        using var refused = await Get(path, null);
        Assert.Equal((HttpStatusCode.Forbidden, 0), (refused.StatusCode, refused.Headers.WwwAuthenticate.Count));
    }

    [Fact]
    public async Task The_path_without_a_slash_leads_to_the_page()
    {
        using var moved = await Get("/docs");
        Assert.Equal((HttpStatusCode.Redirect, "docs/"), (moved.StatusCode, moved.Headers.Location!.ToString()));
        Assert.Equal(404, (int)(await shared.Server.Send("GET ~/docs/v2")).Status);
        Assert.Equal(400, (int)(await shared.Server.Send("GET ~/docs/?x=1")).Status);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    public async Task A_page_of_another_site_changes_nothing(string header, string value)
    {
        var cluster = shared.Name("c");
        foreach (var line in new[] { "POST /tokens", $"PUT /cluster/{cluster}" })
        {
            var refused = await shared.Server.Expect(
                line, null, 403, arrange: r => r.Headers.TryAddWithoutValidation(header, value));
            Assert.Contains("another site", refused.Detail, StringComparison.Ordinal);
        }

        await shared.Server.Expect("GET /clusters", null, 200, arrange: r => r.Headers.TryAddWithoutValidation(header, value));
    }

    [Fact]
    public async Task A_page_of_this_server_may_change_something()
    {
        var own = shared.Server.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        foreach (var (header, value) in new[] { ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Site", "none"), ("Origin", own) })
        {
            await shared.Server.Expect(
                $"PUT /cluster/{shared.Name("c")}", null, 201, arrange: r => r.Headers.TryAddWithoutValidation(header, value));
        }
    }

    private async Task<HttpResponseMessage> Get(string path, string? authorization = Client.Credentials)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { BaseAddress = shared.Server.Http.BaseAddress };
        http.DefaultRequestHeaders.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
        return await http.GetAsync(new Uri(path, UriKind.Relative));
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]*)\"")]
    private static partial Regex Link();

    [GeneratedRegex("""^\s*(\{".*\}),$""", RegexOptions.Multiline)]
    private static partial Regex Settings();
}
