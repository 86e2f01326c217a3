using System.Net;
using System.Text;
using Commissaire.Lab;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>Credentials, paths and methods.</summary>
[Collection(OneServer.Name)]
public sealed class Authentication(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Basic YTphOmE=")]
    [InlineData("Basic YQ==")]
    [InlineData("Basic Tm9uZTpOb25l")]
    [InlineData("Basic Og==")]
    [InlineData("Basic /////w==")]
    [InlineData("Bearer YTph")]
    [InlineData("YTph")]
    public async Task Every_path_rejects_other_credentials(string? authorization)
    {
        string[] lines =
        [
            "GET /clusters", "GET /nowhere", "PUT /cluster/x", "PUT /host/10.0.0.1", "DELETE /host/10.0.0.1", "POST /hosts",
            "OPTIONS /hosts", "GET ~/", "GET ~/openapi/v1.json", "GET ~/metrics", "GET ~/nowhere",
        ];
        foreach (var line in lines)
        {
            var refused = await _server.Send(line, null, authorization);
            Assert.Equal((403, "application/problem+json"), ((int)refused.Status, refused.Type));
            Assert.StartsWith("The credentials are missing or wrong.", refused.Detail);
        }
    }

    [Theory]
    [InlineData("Basic YTph")]
    [InlineData("basic YTph")]
    [InlineData("BASIC YTph")]
    public async Task The_scheme_is_read_in_any_case(string authorization) =>
        await _server.Expect("GET /clusters", null, 200, authorization: authorization);

    [Fact]
    public async Task A_password_may_hold_colons()
    {
        var authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("colons:b:c:d"));
        await _server.Expect("GET /clusters", null, 200, authorization: authorization);
    }

    [Fact]
    public async Task Health_needs_no_credentials()
    {
        foreach (var path in new[] { "live", "ready" })
        {
            Assert.Equal("200 ok", (await _server.Send($"GET ~/healthz/{path}", null, null)).ToString());
            Assert.Equal("200 ", (await _server.Send($"HEAD ~/healthz/{path}", null, null)).ToString());
        }
    }

    [Theory]
    [InlineData("~//api/v0/clusters")]
    [InlineData("~/api//v0///clusters//")]
    [InlineData("//clusters/")]
    public async Task Doubled_and_trailing_slashes_are_ignored(string path) => await _server.Expect($"GET {path}", null, 200);

    [Fact]
    public async Task The_boot_script_of_2017_works()
    {
        await _server.Expect("PUT ~//api/v0/host", Client.Registration(), 201, """{"address": "127.0.0.1", "…": ""}""");
        await _server.Expect("DELETE ~//api/v0/host/127.0.0.1/", null, 200, "[]");
    }

    [Theory]
    [InlineData("/hosts")]
    [InlineData("/clusters")]
    [InlineData("/networks")]
    [InlineData("/containermanagers")]
    [InlineData("/network/default")]
    [InlineData("/network/none")]
    public async Task Head_sends_the_headers_of_get(string path)
    {
        var (get, head) = (await _server.Send($"GET {path}"), await _server.Send($"HEAD {path}"));
        Assert.Equal((get.Status, get.Type), (head.Status, head.Type));
        Assert.Empty(head.Body);
    }

    [Theory]
    [InlineData("/events", 200, "text/event-stream")]
    [InlineData("/events?cluster=none", 404, "application/problem+json")]
    public async Task Head_of_the_events_ends(string path, int status, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v0{path}");
        request.Headers.TryAddWithoutValidation("Authorization", Client.Credentials);
        using var get = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var head = await _server.Send($"HEAD {path}").WaitAsync(WaitLimit.Value);
        Assert.Equal((status, type, get.StatusCode), ((int)head.Status, head.Type, head.Status));
        Assert.Equal(type, get.Content.Headers.ContentType?.MediaType);
        Assert.Empty(head.Body);
    }

    [Theory]
    [InlineData("/clusters", "GET", "POST PUT DELETE OPTIONS PATCH")]
    [InlineData("/hosts", "GET", "DELETE PUT POST")]
    [InlineData("/host", "PUT", "DELETE GET POST")]
    [InlineData("/cluster/x", "GET PUT DELETE", "POST OPTIONS")]
    [InlineData("/cluster/x/hosts", "GET PUT", "DELETE POST")]
    [InlineData("/cluster/x/hosts/10.0.0.1", "GET PUT DELETE", "POST")]
    [InlineData("/host/10.0.0.1", "GET PUT DELETE", "POST OPTIONS")]
    [InlineData("/host/10.0.0.1/creds", "GET", "PUT DELETE")]
    [InlineData("/host/10.0.0.1/status", "GET", "PUT DELETE")]
    [InlineData("/network/x", "GET PUT DELETE", "POST")]
    [InlineData("/networks", "GET", "PUT")]
    [InlineData("/containermanager/x", "GET PUT DELETE", "POST")]
    [InlineData("/containermanagers", "GET", "DELETE")]
    public async Task A_wrong_method_gets_the_allowed_ones(string path, string right, string wrong)
    {
        foreach (var verb in wrong.Split(' '))
        {
            var refused = await _server.Expect($"{verb} {path}", null, 405);
            Assert.Equal(right.Split(' ').Order(), refused.Allow.Where(v => v != "HEAD").Order());
        }
    }

    [Theory]
    [InlineData("GET /nowhere")]
    [InlineData("GET ~/")]
    [InlineData("GET ~/api/v1/clusters")]
    [InlineData("GET /secrets")]
    [InlineData("PUT /cluster/x/hosts/10.0.0.1/y")]
    [InlineData("GET /cluster/../../../etc/passwd")]
    [InlineData("GET /cluster/%2e%2e%2fhosts")]
    [InlineData("GET /CLUSTERS/x")]
    public async Task Unknown_paths_are_not_found(string line) => await _server.Expect(line, null, 404);

    [Fact]
    public async Task The_query_changes_neither_method_nor_name()
    {
        var (one, other) = (shared.Name("c"), shared.Name("c"));
        await _server.Expect($"PUT /cluster/{one}", null, 201);
        await _server.Expect($"PUT /cluster/{other}", null, 201);
        var refused = await _server.Expect($"GET /cluster/{one}?_method=DELETE", null, 400);
        Assert.Equal("_method: is not a query parameter of this route. There are none.", refused.Detail);
        await _server.Expect($"GET /cluster/{one}?name={other}&name=x", null, 400);
        await _server.Expect($"DELETE /cluster/{one}?name={other}", null, 400);
        await _server.Expect($"GET /cluster/{other}", null, 200);
        await _server.Expect($"GET /cluster/{one}", null, 200);
        Assert.EndsWith("Did you mean limit?", (await _server.Expect($"GET /cluster/{one}/history?limits=1", null, 400)).Detail);
        await _server.Expect($"GET /cluster/{one}/history?limit=1&after=0", null, 200);
    }

    [Fact]
    public async Task The_openapi_document_lists_every_route()
    {
        var document = await _server.Send("GET ~/openapi/v1.json");
        Assert.Equal(HttpStatusCode.OK, document.Status);
        var paths = document.Json!["paths"]!.AsObject();
        foreach (var (path, verbs) in new[]
        {
            ("/clusters", "get"), ("/cluster/{name}", "get put delete"), ("/cluster/{name}/history", "get"),
            ("/cluster/{name}/hosts", "get put"), ("/cluster/{name}/hosts/{host}", "get put delete"),
            ("/hosts", "get"), ("/host", "put"), ("/host/{address}", "get put delete"), ("/host/{address}/creds", "get"),
            ("/host/{address}/status", "get"), ("/host/{address}/hostkey", "put"), ("/host/{address}/history", "get"),
            ("/networks", "get"), ("/network/{name}", "get put delete"),
            ("/containermanagers", "get"), ("/containermanager/{name}", "get put delete"),
        })
        {
            foreach (var verb in verbs.Split(' '))
            {
                Assert.True(paths[$"/api/v0{path}"]?[verb] is not null, $"{verb} {path} is missing");
            }
        }
    }
}
