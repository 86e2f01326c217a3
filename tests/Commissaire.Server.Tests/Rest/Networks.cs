using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

[Collection(OneServer.Name)]
public sealed class Networks(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task The_default_network_always_exists()
    {
        await _server.Expect("GET /network/default", null, 200, """{"name": "default", "type": "flannel_etcd", "options": {}}""");
        Assert.Contains("default", (await _server.Expect("GET /networks", null, 200)).Json!.AsArray().Select(n => n!.ToString()));
        await _server.Expect("DELETE /network/unheard-of", null, 200, "[]");
    }

    [Fact]
    public async Task A_network_can_be_put_twice_but_not_changed()
    {
        var n = shared.Name("n");
        var shown = $$$"""{"name": "{{{n}}}", "type": "flannel_etcd", "options": {}}""";
        await _server.Expect($"PUT /network/{n}", null, 201, shown);
        await _server.Expect($"PUT /network/{n}", """{"type": "flannel_etcd", "options": {}}""", 201, shown);
        await _server.Expect($"GET /network/{n}", null, 200, shown);
        await _server.Expect($"PUT /network/{n}", """{"type": "flannel_server"}""", 409);
        await _server.Expect($"PUT /network/{n}", """{"options": {"address": "10.0.0.1"}}""", 409);
        await _server.Expect($"DELETE /network/{n}", "{}", 200, "[]");
        await _server.Expect($"DELETE /network/{n}", "{}", 200, "[]");
        await _server.Expect($"GET /network/{n}", null, 404);
        await _server.Expect($"PUT /network/{n}", """{"type": "flannel_server", "options": {"address": "192.168.152.100:8080"}}""", 201,
            $$$$"""{"name": "{{{{n}}}}", "type": "flannel_server", "options": {"address": "192.168.152.100:8080"}}""");
    }

    [Theory]
    [InlineData("""{"type": "flanneld_service"}""", "type")]
    [InlineData("""{"type": null}""", "type")]
    [InlineData("""{"options": null}""", "options")]
    [InlineData("""{"options": []}""", "options")]
    [InlineData("""{"options": "text"}""", "options")]
    [InlineData("""{"options": {"address": "a b"}}""", "options.address")]
    [InlineData("""{"options": {"address": "x\nFLANNEL_OPTIONS=y"}}""", "options.address")]
    [InlineData("""{"options": {"adress": "h"}}""", "adress")]
    [InlineData("""{"option": {}}""", "option")]
    [InlineData("""{"name": "another"}""", "name")]
    public async Task A_wrong_field_is_named(string body, string field)
    {
        var n = shared.Name("n");
        Assert.StartsWith($"{field}:", (await _server.Expect($"PUT /network/{n}", body, 400)).Detail);
        await _server.Expect($"GET /network/{n}", null, 404);
    }

    [Theory]
    [InlineData("""{"options": {"a": {"b": 1, "b": 2}}}""")]
    [InlineData("""{"options": {"a": 1, "a": 2}}""")]
    [InlineData("""{"options": {"\ud800": 1}}""")]
    [InlineData("""{"options": {"a": "\ud800"}}""")]
    [InlineData("""{"options": {"address": "\ud800"}}""")]
    [InlineData("""{"\ud800": null}""")]
    [InlineData("""{"options": {"a": 1e999}}""")]
    public async Task Odd_json_is_accepted_or_refused_without_a_server_error(string body)
    {
        var answer = await _server.Send($"PUT /network/{shared.Name("n")}", body);
        Assert.True((int)answer.Status is 201 or 400, answer.ToString());
        await _server.Expect("GET /networks", null, 200);
    }

    [Fact]
    public async Task A_network_in_use_cannot_be_deleted()
    {
        var (n, c) = (shared.Name("n"), shared.Name("c"));
        await _server.Expect($"PUT /network/{n}", null, 201);
        await _server.Expect($"PUT /cluster/{c}", $$"""{"network": "{{n}}"}""", 201);
        Assert.Contains($"'{c}'", (await _server.Expect($"DELETE /network/{n}", null, 409)).Detail);
        await _server.Expect($"DELETE /cluster/{c}", null, 200);
        await _server.Expect($"DELETE /network/{n}", null, 200, "[]");
    }

    [Fact]
    public async Task Lists_are_sorted_at_both_paths()
    {
        var n = shared.Name("list");
        foreach (var end in new[] { "b", "a", "C" })
        {
            await _server.Expect($"PUT /network/{n}-{end}", null, 201);
        }

        foreach (var path in new[] { "/networks", "/networks/", "/network/" })
        {
            var names = (await _server.Expect($"GET {path}", null, 200)).Json!.AsArray().Select(x => x!.ToString()).ToList();
            Assert.Equal(names.Order(StringComparer.Ordinal), names);
            Assert.Equal(3, names.Count(x => x.StartsWith(n, StringComparison.Ordinal)));
        }
    }
}
