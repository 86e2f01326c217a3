using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>Rolling operations over REST, mostly without hosts.</summary>
[Collection(OneServer.Name)]
public sealed class Operations(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Theory]
    [InlineData("restart", "restarted", null, "")]
    [InlineData("upgrade", "upgraded", null, "")]
    [InlineData("deploy", "deployed", """{"version": "1.2.3"}""", "\"version\": \"1.2.3\",")]
    public async Task A_started_run_is_shown_as_it_began_and_later_as_it_is(string verb, string done, string? body, string version)
    {
        var c = await Cluster();
        await _server.Expect($"GET /cluster/{c}/{verb}", null, 404);
        await _server.Expect($"GET /cluster/{c}/{verb}/", null, 404);
        await _server.Expect($"PUT /cluster/{c}/{verb}", body, 201,
            $$"""
            {"name": "{{c}}", "status": "in_process", {{version}} "{{done}}": [], "in_process": [],
             "started_at": "…", "finished_at": null, "…": ""}
            """);
        await Eventually.Is(
            () => _server.Send($"GET /cluster/{c}/{verb}"), run => run["status"] == "finished", "a run without hosts is finished");
        await _server.Expect($"GET /cluster/{c}/{verb}", null, 200,
            $$"""
            {"name": "{{c}}", "status": "finished", {{version}} "{{done}}": [], "in_process": [],
             "started_at": "…", "finished_at": "…", "…": ""}
            """);
    }

    [Theory]
    [InlineData("restart", "{}")]
    [InlineData("upgrade", "{}")]
    [InlineData("deploy", """{"version": "1"}""")]
    public async Task An_unknown_cluster_has_no_runs(string verb, string body)
    {
        await _server.Expect($"PUT /cluster/none/{verb}", body, 404);
        await _server.Expect($"GET /cluster/none/{verb}", null, 404);
        await _server.Expect($"DELETE /cluster/none/{verb}", null, 404);
        await _server.Expect("GET /cluster/none/operations", null, 404);
    }

    [Theory]
    [InlineData("deploy", "{}", "version")]
    [InlineData("deploy", """{"version": 7}""", "version")]
    [InlineData("deploy", """{"version": ""}""", "version")]
    [InlineData("deploy", """{"version": "--os=x"}""", "version")]
    [InlineData("deploy", """{"version": "1; reboot"}""", "version")]
    [InlineData("restart", """{"version": "1"}""", "version")]
    [InlineData("restart", """{"reboot": "always"}""", "reboot")]
    [InlineData("upgrade", """{"reboot": "perhaps"}""", "reboot")]
    [InlineData("restart", """{"max_unavailable": 0}""", "max_unavailable")]
    [InlineData("restart", """{"max_unavailable": "0%"}""", "max_unavailable")]
    [InlineData("restart", """{"max_unavailable": "101%"}""", "max_unavailable")]
    [InlineData("restart", """{"max_unavailable": -1}""", "max_unavailable")]
    [InlineData("restart", """{"max_unavailable": 1.5}""", "max_unavailable")]
    [InlineData("restart", """{"max_unavailable": []}""", "max_unavailable")]
    [InlineData("restart", """{"max_failures": "few"}""", "max_failures")]
    [InlineData("restart", """{"drain": "yes"}""", "drain")]
    [InlineData("restart", """{"drain_timeout": 0}""", "drain_timeout")]
    [InlineData("restart", """{"on_drain_timeout": "ask"}""", "on_drain_timeout")]
    [InlineData("restart", """{"force_grace": 10}""", "force_grace")]
    [InlineData("restart", """{"on_drain_timeout": "fail", "force_grace": 10}""", "force_grace")]
    [InlineData("restart", """{"on_drain_timeout": "force", "force_grace": -1}""", "force_grace")]
    [InlineData("restart", """{"timeout": 0}""", "timeout")]
    [InlineData("restart", """{"timeout": 99999999999}""", "timeout")]
    [InlineData("restart", """{"soak": -1}""", "soak")]
    [InlineData("restart", """{"name": "other"}""", "name")]
    public async Task A_wrong_option_is_named_and_nothing_begins(string verb, string body, string field)
    {
        var c = await Cluster();
        Assert.StartsWith($"{field}:", (await _server.Expect($"PUT /cluster/{c}/{verb}", body, 400)).Detail);
        await _server.Expect($"GET /cluster/{c}/operations", null, 200, "[]");
    }

    [Theory]
    [InlineData("""{"drain": "yes"}""", "drain: expected true or false.")]
    [InlineData("""{"drain": null}""", "drain: expected true or false, got null. Leave it out to use the default.")]
    [InlineData(
        """{"max_unavailable": null}""", "max_unavailable: expected a number or a string, got null. Leave it out to use the default.")]
    public async Task The_error_says_what_an_option_expects(string body, string said) =>
        Assert.Equal(said, (await _server.Expect($"PUT /cluster/{await Cluster()}/restart", body, 400)).Detail);

    [Fact]
    public async Task Runs_are_listed_in_order_and_outlive_their_cluster()
    {
        var c = await Cluster();
        await _server.Expect($"PUT /cluster/{c}/restart", null, 201);
        await Eventually.Is(
            () => _server.Send($"PUT /cluster/{c}/upgrade", null), run => (int)run.Status == 201, "the cluster is free again");
        await Eventually.Is(() => _server.Send($"GET /cluster/{c}/upgrade"), run => run["status"] == "finished", "the upgrade is over");
        Assert.Equal(["1 restart", "2 upgrade"], Runs(await _server.Expect($"GET /cluster/{c}/operations", null, 200)));
        await Eventually.Is(
            () => _server.Send($"DELETE /cluster/{c}"), deleted => (int)deleted.Status == 200, "the cluster is free, and can be deleted");
        Assert.Equal(["1 restart", "2 upgrade"], Runs(await _server.Expect($"GET /cluster/{c}/operations", null, 200)));
        await _server.Expect($"GET /cluster/{c}/restart", null, 200);
        await _server.Expect(
            $"GET /cluster/{c}/operations/2", null, 200, """{"id": 2, "verb": "upgrade", "by": "a", "hosts": [], "…": ""}""");
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/history")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/pause")]
    public async Task A_run_that_is_not_a_number_is_not_found(string method, string control)
    {
        var c = await Cluster();
        var unknown = await _server.Expect($"{method} /cluster/{c}/operations/1{control}", null, 404);
        foreach (var id in new[] { "abc", "1x", "-1", "99999999999" })
        {
            Assert.Equal(unknown.Text, (await _server.Expect($"{method} /cluster/{c}/operations/{id}{control}", null, 404)).Text);
        }
    }

    [Theory]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/pause")]
    [InlineData("POST", "/resume")]
    [InlineData("POST", "/retry")]
    public async Task A_finished_run_cannot_be_changed(string method, string control)
    {
        var c = await Cluster();
        await _server.Expect($"{method} /cluster/{c}/restart{control}", null, 404);
        await _server.Expect($"{method} /cluster/{c}/operations/1{control}", null, 404);
        await _server.Expect($"PUT /cluster/{c}/restart", null, 201);
        await Eventually.Is(() => _server.Send($"GET /cluster/{c}/restart"), run => run["status"] == "finished", "the run is over");
        await _server.Expect($"{method} /cluster/{c}/restart{control}", null, 409);
        await _server.Expect($"{method} /cluster/{c}/operations/1{control}", null, 409);
        await Eventually.Is(
            () => _server.Send($"PUT /cluster/{c}/restart", null), run => (int)run.Status == 201, "the finished run released the cluster");
    }

    [Fact]
    public async Task A_host_in_a_run_has_its_turn_and_its_history()
    {
        var c = await Cluster();
        var host = await shared.Host(cluster: c);
        await _server.Expect($"PUT /cluster/{c}/upgrade", """{"max_unavailable": "50%"}""", 201,
            $$$"""
            {"waiting": ["{{{host}}}"],
             "options": {"max_unavailable": "50%", "max_unavailable_hosts": 1, "reboot": "never", "…": ""}, "…": ""}
            """);
        await Eventually.Is(() => _server.Send($"GET /cluster/{c}/upgrade"), run => run["status"] == "finished", "the upgrade is over");
        await _server.Expect(
            $"GET /cluster/{c}/upgrade", null, 200, $$"""{"upgraded": ["{{host}}"], "in_process": [], "waiting": [], "…": ""}""");
        var history = await _server.Expect($"GET /cluster/{c}/operations/1/history", null, 200);
        var story = history.Json!.AsArray().Select(e => e!["event"]!.ToString());
        Assert.Equal(["begun", "host-began", "host-succeeded", "finished"], story);
    }

    private static IEnumerable<string> Runs(Answered list) => list.Json!.AsArray().Select(run => $"{run!["id"]} {run["verb"]}");

    private async Task<string> Cluster()
    {
        var name = shared.Name("op");
        await _server.Expect($"PUT /cluster/{name}", null, 201);
        return name;
    }
}
