using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

[Collection(OneServer.Name)]
public sealed class Members(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task A_ready_host_can_be_added_twice_and_removed()
    {
        var (m, host) = (await Cluster(), await shared.Host());
        await _server.Expect($"PUT /cluster/{m}/hosts/{host}", null, 200, $"""["{host}"]""");
        await _server.Expect($"PUT /cluster/{m}/hosts/{host}", null, 200, $"""["{host}"]""");
        await _server.Expect($"GET /cluster/{m}/hosts/{host}", null, 200, $"""["{host}"]""");
        await _server.Expect($"GET /cluster/{m}/hosts/", null, 200, $"""["{host}"]""");
        await _server.Expect($"DELETE /cluster/{m}/hosts/{host}", "{}", 200, "[]");
        await _server.Expect($"DELETE /cluster/{m}/hosts/{host}", "{}", 200, "[]");
        await _server.Expect($"GET /cluster/{m}/hosts/{host}", null, 404);
        await _server.Expect($"GET /host/{host}", null, 200, """{"cluster": "", "…": ""}""");
    }

    [Fact]
    public async Task The_answer_to_a_departure_says_what_becomes_of_the_node()
    {
        var (m, manager) = (await Cluster(), shared.Name("cm"));
        await _server.Expect($"PUT /containermanager/{manager}", """{"type": "trivial"}""", 201);
        await _server.Expect($"PUT /cluster/{m}", $$"""{"container_manager": "{{manager}}"}""", 201);
        string[] hosts = [await shared.Host(), await shared.Host(), await shared.Host(), await shared.Host()];
        foreach (var host in hosts)
        {
            await _server.Expect($"PUT /cluster/{m}/hosts/{host}", null, 200);
            await _server.Becomes(host, "active");
        }

        await _server.Expect($"GET /host/{hosts[0]}", null, 200, """{"node_if_deleted": "removed", "…": ""}""");
        await _server.Expect($"DELETE /host/{hosts[0]}?nodes=some", null, 400);
        await _server.Expect($"DELETE /cluster/{m}/hosts/{hosts[0]}?nodes=auto", null, 200, Departed(hosts[0], "removed"));
        await _server.Expect($"DELETE /cluster/{m}/hosts/{hosts[1]}?nodes=keep", null, 200, Departed(hosts[1], "released"));
        await _server.Expect($"DELETE /host/{hosts[2]}?nodes=keep", null, 200, Departed(hosts[2], "released"));
        await _server.Expect($"DELETE /cluster/{m}?nodes=remove", null, 200, Departed(hosts[3], "removed"));

        string Departed(string host, string node) =>
            $$"""[{"address": "{{host}}", "container_manager": "{{manager}}", "node": "{{node}}"}]""";
    }

    [Fact]
    public async Task A_host_that_is_not_ready_cannot_be_added()
    {
        var (m, host) = (await Cluster(), shared.Address());
        shared.Shell.Host(host).Hang(ScriptedShell.Investigate);
        await _server.Register(host);
        await _server.Expect($"PUT /cluster/{m}/hosts/{host}", null, 405);
        await _server.Expect($"PUT /cluster/{m}/hosts", $$"""{"old": [], "new": ["{{host}}"]}""", 405);
        await _server.Expect($"GET /cluster/{m}/hosts", null, 200, "[]");
        await _server.Expect($"DELETE /host/{host}", null, 200, "[]");
    }

    [Fact]
    public async Task A_host_can_be_in_one_cluster_only()
    {
        var (first, second, host) = (await Cluster(), await Cluster(), await shared.Host());
        await _server.Expect($"PUT /cluster/{first}/hosts/{host}", null, 200);
        var refused = await _server.Expect($"PUT /cluster/{second}/hosts/{host}", null, 409);
        Assert.Contains(first, refused.Detail);
        await _server.Expect($"PUT /cluster/{second}/hosts", $$"""{"old": [], "new": ["{{host}}"]}""", 409);
        await _server.Expect($"PUT /host/{host}", Client.Registration(cluster: second), 409);
        await _server.Expect($"PUT /host/{host}", Client.Registration(cluster: first), 201);
        await _server.Expect($"GET /cluster/{second}/hosts", null, 200, "[]");
    }

    [Fact]
    public async Task Unknown_hosts_and_clusters_are_not_found()
    {
        var (m, host) = (await Cluster(), await shared.Host());
        await _server.Expect($"PUT /cluster/{m}/hosts/1.1.1.1", null, 404);
        await _server.Expect($"GET /cluster/{m}/hosts/1.1.1.1", null, 404);
        await _server.Expect($"GET /cluster/none/hosts/1.1.1.1", null, 404);
        await _server.Expect($"GET /cluster/none/hosts", null, 404);
        await _server.Expect($"PUT /cluster/none/hosts/{host}", null, 404);
        await _server.Expect($"DELETE /cluster/{m}/hosts/1.1.1.1", "{}", 200, "[]");
        await _server.Expect($"DELETE /cluster/none/hosts/1.1.1.1", "{}", 404);
        await _server.Expect("PUT /cluster/none/hosts", """{"old": [], "new": []}""", 404);
        await _server.Expect($"PUT /cluster/{m}/hosts", """{"old": [], "new": ["1.1.1.1"]}""", 404);
    }

    [Theory]
    [InlineData(null, "old")]
    [InlineData("\"text\"", "body")]
    [InlineData("""{"old": []}""", "new")]
    [InlineData("""{"new": []}""", "old")]
    [InlineData("""{"old": [], "new": "10.0.0.1"}""", "new")]
    [InlineData("""{"old": [], "new": [["10.0.0.1"]]}""", "new")]
    [InlineData("""{"old": [], "new": [5]}""", "new")]
    [InlineData("""{"old": [], "new": [null]}""", "new")]
    [InlineData("""{"old": [], "new": ["not an address"]}""", "new")]
    public async Task An_invalid_list_is_refused_before_the_cluster_is_looked_up(string? body, string named)
    {
        Assert.Contains(named, (await _server.Expect($"PUT /cluster/{await Cluster()}/hosts", body, 400)).Detail);
        await _server.Expect("PUT /cluster/none/hosts", body, 400);
    }

    [Fact]
    public async Task A_list_is_replaced_only_if_it_has_not_changed()
    {
        var (m, one, two) = (await Cluster(), await shared.Host(), await shared.Host());
        await _server.Expect($"PUT /cluster/{m}/hosts", """{"old": ["10.9.9.9"], "new": []}""", 409);
        await _server.Expect($"PUT /cluster/{m}/hosts/", $$"""{"old": [], "new": ["{{one}}"]}""", 200,
            $$"""{"name": "{{m}}", "network": "default", "hostset": ["{{one}}"], "container_manager": "", "…": ""}""");
        await _server.Expect($"PUT /cluster/{m}/hosts", $$"""{"old": [], "new": ["{{two}}"]}""", 409);
        var replacement = $$"""{"old": ["{{one}}", "{{one}}"], "new": ["{{two}}", "{{two}}"]}""";
        await _server.Expect($"PUT /cluster/{m}/hosts", replacement, 200, $$"""{"hostset": ["{{two}}"], "…": ""}""");
        await _server.Expect($"GET /cluster/{m}/hosts", null, 200, $"""["{two}"]""");
        await _server.Expect($"GET /host/{one}", null, 200, """{"cluster": "", "…": ""}""");
        await _server.Expect($"GET /host/{two}", null, 200, $$"""{"cluster": "{{m}}", "…": ""}""");
    }

    [Fact]
    public async Task A_host_can_join_while_it_is_registered_and_leaves_when_it_is_deleted()
    {
        var m = await Cluster();
        var host = await shared.Host(cluster: m);
        await _server.Expect($"GET /cluster/{m}/hosts", null, 200, $"""["{host}"]""");
        await _server.Expect($"DELETE /host/{host}", "{}", 200, "[]");
        await _server.Expect($"GET /cluster/{m}/hosts", null, 200, "[]");
    }

    [Fact]
    public async Task Changes_at_the_same_time_leave_the_host_and_the_cluster_in_agreement()
    {
        var (m, host) = (await Cluster(), await shared.Host());
        for (var round = 0; round < 25; round++)
        {
            await Task.WhenAll(
                _server.Send($"PUT /cluster/{m}/hosts", $$"""{"old": [], "new": ["{{host}}"]}"""),
                _server.Send($"PUT /cluster/{m}/hosts/{host}"),
                _server.Send($"PUT /cluster/{m}/hosts", $$"""{"old": ["{{host}}"], "new": []}"""),
                _server.Send($"DELETE /cluster/{m}/hosts/{host}"));
            await _server.Expect($"PUT /cluster/{m}/hosts/{host}", null, 200);
            await _server.Expect($"GET /host/{host}", null, 200, $$"""{"cluster": "{{m}}", "…": ""}""");
            await Eventually.Is(
                () => _server.Send($"GET /cluster/{m}/hosts"), seen => seen.Text == $"""["{host}"]""", "the cluster lists the host");
            await _server.Expect($"DELETE /cluster/{m}/hosts/{host}", null, 200);
            await _server.Expect($"GET /cluster/{m}/hosts", null, 200, "[]");
        }
    }

    private async Task<string> Cluster()
    {
        var name = shared.Name("m");
        await _server.Expect($"PUT /cluster/{name}", null, 201);
        return name;
    }
}
