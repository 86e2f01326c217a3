using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

[Collection(OneServer.Name)]
public sealed class Clusters(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task A_cluster_can_be_put_without_a_body_read_and_deleted()
    {
        var c = shared.Name("c");
        await _server.Expect(
            $"PUT /cluster/{c}", null, 201, $$"""{"name": "{{c}}", "status": "ok", "network": "default", "container_manager": ""}""");
        await _server.Expect($"GET /cluster/{c}", null, 200, $$"""
            {"name": "{{c}}", "status": "ok", "network": "default", "hostset": [], "container_manager": "",
             "hosts": {"total": 0, "available": 0, "unavailable": 0}, "reason": "no hosts"}
            """);
        await _server.Expect($"DELETE /cluster/{c}", "{}", 200, "[]");
        await _server.Expect($"DELETE /cluster/{c}", "{}", 404);
        await _server.Expect($"GET /cluster/{c}", null, 404);
    }

    [Fact]
    public async Task An_unknown_network_becomes_the_default_one_and_fields_of_2017_are_accepted()
    {
        var c = shared.Name("c");
        await _server.Expect($"PUT /cluster/{c}", """{"network": "absent", "type": "kubernetes", "container_manager": ""}""", 201,
            $$"""{"name": "{{c}}", "status": "ok", "network": "default", "container_manager": ""}""");
        await _server.Expect($"PUT /cluster/{c}", """{"status": "failed", "hostset": ["10.9.9.9"]}""", 201);
        await _server.Expect($"PUT /cluster/{c}", (await _server.Expect($"GET /cluster/{c}", null, 200)).Text, 201);
        await _server.Expect($"GET /cluster/{c}/hosts", null, 200, "[]");
    }

    [Theory]
    [InlineData("""{"netwrok": "default"}""", "netwrok: is not a field of this request. Did you mean network?")]
    [InlineData("""{"unheard_of": null}""", "unheard_of: is not a field of this request. Known are ")]
    [InlineData("""{"bootstrap": "sometimes"}""", "bootstrap: expected one of 'auto', 'always', 'never'.")]
    public async Task An_unknown_field_or_value_is_refused_and_nothing_changes(string body, string problem)
    {
        var c = shared.Name("c");
        Assert.StartsWith(problem, (await _server.Expect($"PUT /cluster/{c}", body, 400)).Detail);
        await _server.Expect($"GET /cluster/{c}", null, 404);
    }

    [Fact]
    public async Task The_bootstrap_policy_is_kept_until_it_is_changed()
    {
        var c = shared.Name("c");
        await _server.Expect($"PUT /cluster/{c}", """{"bootstrap": "never"}""", 201, """{"bootstrap": "never", "…": ""}""");
        await _server.Expect($"PUT /cluster/{c}", "{}", 201, """{"bootstrap": "never", "…": ""}""");
        await _server.Expect($"PUT /cluster/{c}", """{"bootstrap": "auto"}""", 201);
        Assert.DoesNotContain("bootstrap", (await _server.Expect($"GET /cluster/{c}", null, 200)).Text);
    }

    [Fact]
    public async Task An_unknown_container_manager_is_refused()
    {
        var c = shared.Name("c");
        var refused = await _server.Expect($"PUT /cluster/{c}", """{"container_manager": "x"}""", 409);
        Assert.Contains("'x'", refused.Detail);
        await _server.Expect($"GET /cluster/{c}", null, 404);
        await _server.Expect($"PUT /cluster/{c}", """{"container_manager": "bad.name"}""", 409);
    }

    [Fact]
    public async Task Putting_a_cluster_again_keeps_its_members_and_omitted_fields()
    {
        var (c, n) = (shared.Name("c"), shared.Name("n"));
        await _server.Expect($"PUT /network/{n}", null, 201);
        await _server.Expect($"PUT /cluster/{c}", $$"""{"network": "{{n}}"}""", 201);
        var host = await shared.Host(cluster: c);
        await _server.Expect(
            $"PUT /cluster/{c}", null, 201, $$"""{"name": "{{c}}", "network": "{{n}}", "container_manager": "", "…": ""}""");
        await _server.Expect($"GET /cluster/{c}/hosts", null, 200, $"""["{host}"]""");
        await _server.Expect($"PUT /cluster/{c}", """{"network": "default"}""", 201, """{"network": "default", "…": ""}""");
        await _server.Expect($"GET /cluster/{c}/hosts", null, 200, $"""["{host}"]""");
    }

    [Theory]
    [InlineData("""{"container_manager": null}""", "container_manager")]
    [InlineData("""{"network": null}""", "network")]
    [InlineData("""{"network": 5}""", "network")]
    [InlineData("""{"container_manager": ["x"]}""", "container_manager")]
    [InlineData("""{"name": "another"}""", "name")]
    public async Task A_wrong_field_is_named(string body, string field) =>
        Assert.StartsWith($"{field}:", (await _server.Expect($"PUT /cluster/{shared.Name("c")}", body, 400)).Detail);

    [Theory]
    [InlineData("bad.name")]
    [InlineData("bad%20name")]
    [InlineData("fe80::1")]
    public async Task An_invalid_name_is_not_found(string name)
    {
        foreach (var verb in new[] { "GET", "PUT", "DELETE" })
        {
            await _server.Expect($"{verb} /cluster/{name}", null, 404);
        }
    }

    [Fact]
    public async Task Lists_are_sorted_at_both_paths()
    {
        var c = shared.Name("list");
        foreach (var end in new[] { "c", "a", "B" })
        {
            await _server.Expect($"PUT /cluster/{c}-{end}", null, 201);
        }

        foreach (var path in new[] { "/clusters", "/clusters/", "/cluster/", "/cluster" })
        {
            var names = (await _server.Expect($"GET {path}", null, 200)).Json!.AsArray().Select(n => n!.ToString())
                .Where(n => n.StartsWith(c, StringComparison.Ordinal));
            Assert.Equal([$"{c}-B", $"{c}-a", $"{c}-c"], names);
        }
    }

    [Fact]
    public async Task Hosts_of_a_deleted_cluster_stay_and_are_disassociated()
    {
        var (c, m) = (shared.Name("c"), shared.Name("m"));
        await _server.Expect($"PUT /containermanager/{m}", """{"type": "trivial"}""", 201);
        await _server.Expect($"PUT /cluster/{c}", $$"""{"container_manager": "{{m}}"}""", 201);
        var host = await shared.Host("active", c);
        await _server.Expect($"DELETE /cluster/{c}", "{}", 200, "[]");
        var after = await _server.Expect($"GET /host/{host}", null, 200);
        Assert.Equal(("disassociated", ""), (after["status"], after["cluster"]));
        await _server.Expect($"PUT /cluster/{c}", null, 201);
        await _server.Expect($"GET /cluster/{c}/hosts", null, 200, "[]");
    }

    [Fact]
    public async Task An_unmanaged_cluster_of_ready_hosts_is_ok_and_one_of_unready_hosts_is_not()
    {
        var c = shared.Name("c");
        await _server.Expect($"PUT /cluster/{c}", null, 201);
        await shared.Host(cluster: c);
        await Eventually.Is(
            () => _server.Send($"GET /cluster/{c}"),
            a => a["status"] == "ok" && (int)a.Json!["hosts"]!["available"]! == 1,
            "one host is available");
        var away = shared.Address();
        shared.Shell.Host(away).Hang(ScriptedShell.Investigate);
        await _server.Register(away, c);
        await Eventually.Is(
            () => _server.Send($"GET /cluster/{c}"),
            a => a["status"] == "degraded" && (int)a.Json!["hosts"]!["unavailable"]! == 1,
            "one host is unavailable");
        await _server.Expect($"DELETE /host/{away}", null, 200, "[]");
    }

    [Fact]
    public async Task An_operation_that_never_ran_is_not_found()
    {
        var c = shared.Name("c");
        await _server.Expect($"PUT /cluster/{c}", null, 201);
        await _server.Expect($"GET /cluster/{c}/restart", null, 404);
        await _server.Expect($"GET /cluster/{c}/restart/", null, 404);
    }
}
