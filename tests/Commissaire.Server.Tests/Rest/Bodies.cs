using System.Text;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>Valid and invalid bodies, on every route that takes one.</summary>
[Collection(OneServer.Name)]
public sealed class Bodies(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    public static TheoryData<string> Writing => new("/cluster/{0}", "/network/{0}", "/containermanager/{0}");

    public static TheoryData<string, string> NoObjects
    {
        get
        {
            var data = new TheoryData<string, string>();
            string[] routes =
            [
                "/cluster/x-not-there", "/network/x-not-there", "/containermanager/x-not-there", "/cluster/x-not-there/hosts",
                "/host/10.99.9.9", "/host",
            ];
            string[] bodies =
            [
                "\"text\"", "5", "true", "null", "[[\"name\", \"x\"]]", "[1]", "{", "{\"a\": }", "{} {}", " ", "nonsense", "{'a': 1}",
                "// {}", "\u0000",
            ];
            foreach (var route in routes)
            {
                foreach (var body in bodies)
                {
                    data.Add(route, body);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(NoObjects))]
    public async Task Anything_but_an_object_is_refused(string route, string body) => await _server.Expect($"PUT {route}", body, 400);

    [Theory]
    [MemberData(nameof(Writing))]
    public async Task An_empty_body_and_an_empty_list_count_as_an_empty_object(string route)
    {
        foreach (var body in new[] { null, "", "{}", "[]", " {\n} " })
        {
            // An empty object names no server for a container manager.
            var status = route.StartsWith("/containermanager", StringComparison.Ordinal) ? 400 : 201;
            await _server.Expect("PUT " + string.Format(null, route, shared.Name("b")), body, status);
        }
    }

    [Theory]
    [MemberData(nameof(Writing))]
    public async Task Invalid_utf8_is_refused(string route)
    {
        var path = string.Format(null, route, shared.Name("b"));
        byte[] body = [.. "{\"type\": \""u8, 0xff, 0xfe, .. "\"}"u8];
        Assert.Equal(400, (int)(await _server.SendBytes($"PUT {path}", body)).Status);
        await _server.Expect($"GET {path}", null, 404);
    }

    [Theory]
    [MemberData(nameof(Writing))]
    public async Task Deep_nesting_is_refused(string route)
    {
        var deep = "{\"options\": " + new StringBuilder().Insert(0, "{\"a\":", 10_000) + 1 + new string('}', 10_001);
        var refused = await _server.Expect("PUT " + string.Format(null, route, shared.Name("b")), deep, 400);
        Assert.Equal("The body is nested more than 64 levels deep.", refused.Detail);
    }

    [Theory]
    [InlineData("{\"type\": ", "The body is not valid JSON (line 1, byte 9).")]
    [InlineData("{\n\"type\": x}", "The body is not valid JSON (line 2, byte 8).")]
    [InlineData("{\"a\": {\"it's\": 1, \"it's\": 2}}", "it's: the field appears twice. Send it once.")]
    [InlineData("{\"a\": \"\\ud800\"}", "The body contains a string that is not Unicode: half of a surrogate pair.")]
    public async Task The_error_says_what_is_wrong_with_the_json(string body, string detail) =>
        Assert.Equal(detail, (await _server.Expect($"PUT /network/{shared.Name("n")}", body, 400)).Detail);

    [Theory]
    [MemberData(nameof(Writing))]
    public async Task Ten_megabytes_are_refused(string route)
    {
        var large = "{\"options\": {\"a\": \"" + new string('x', 10 * 1024 * 1024) + "\"}}";
        await _server.Expect(
            "PUT " + string.Format(null, route, shared.Name("b")), large, 413, arrange: request => request.Headers.ExpectContinue = true);
    }

    [Fact]
    public async Task Mistakes_of_clients_are_not_logged()
    {
        var n = shared.Name("wrong");
        await _server.Expect($"PUT /network/{n}", $$"""{"type": "{{n}}"}""", 400);
        Assert.DoesNotContain($"'{n}' is not a type", _server.Log.Text);
    }

    [Fact]
    public async Task A_chunked_body_is_read()
    {
        var n = shared.Name("n");
        await _server.Expect($"PUT /network/{n}", """{"type": "flannel_server"}""", 201, """{"type": "flannel_server", "…": ""}""",
            arrange: request => request.Headers.TransferEncodingChunked = true);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=latin-1")]
    [InlineData("nonsense")]
    public async Task Any_content_type_is_read_as_json(string type) =>
        await _server.Expect(
            $"PUT /network/{shared.Name("n")}", """{"type": "flannel_server"}""", 201, """{"type": "flannel_server", "…": ""}""",
            arrange: request => request.Content!.Headers.TryAddWithoutValidation("Content-Type", type));

    [Fact]
    public async Task A_body_on_get_and_delete_is_ignored()
    {
        var n = shared.Name("n");
        await _server.Expect($"PUT /network/{n}", null, 201);
        await _server.Expect($"GET /network/{n}", "nonsense", 200);
        await _server.Expect($"DELETE /network/{n}", "nonsense", 200, "[]");
    }

    [Fact]
    public async Task Fields_of_2017_come_first_and_text_is_not_escaped()
    {
        var n = shared.Name("n");
        var answer = await _server.Expect($"PUT /network/{n}", """{"options": {"address": "\u0068:1"}}""", 201);
        Assert.Equal($$$"""{"name":"{{{n}}}","type":"flannel_etcd","options":{"address":"h:1"}}""", answer.Text);
    }
}
