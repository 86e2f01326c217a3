using Commissaire.Server.Tests.Running;
using Commissaire.Shell;

namespace Commissaire.Server.Tests.Rest;

[Collection(OneServer.Name)]
public sealed class ReadingHosts(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task An_investigated_host_shows_its_facts()
    {
        var host = await shared.Host();
        await _server.Expect($"GET /host/{host}", null, 200, $$"""
            {"address": "{{host}}", "status": "disassociated", "os": "fedora", "cpus": 4, "memory": 16000000, "space": 52000000,
             "last_check": "…", "source": "",
             "reason": "ready, and in no cluster", "next": "the next health check", "since": "…", "cluster": "", "container_manager": "",
             "port": 22,
             "remote_user": "root", "host_key": "ssh-ed25519 SHA256:{{new string('k', 43)}}", "offered_host_key": "", "os_version": "25",
             "kernel": "4.8.6-300.fc25.x86_64", "boot_id": "{{shared.Shell.Host($"{host}").BootId}}"}
            """);
    }

    [Fact]
    public async Task The_status_of_an_unmanaged_host_has_no_node()
    {
        var host = await shared.Host();
        foreach (var path in new[] { $"/host/{host}/status", $"/host/{host}/status/" })
        {
            await _server.Expect($"GET {path}", null, 200, """
                {"type": "host_only",
                 "host": {"last_check": "…", "status": "disassociated", "reason": "ready, and in no cluster", "since": "…",
                          "next": "the next health check"},
                 "container_manager": {}}
                """);
        }

        await _server.Expect("GET /host/10.9.9.9/status", null, 404);
    }

    [Fact]
    public async Task The_status_of_a_node_has_its_container_managers_status()
    {
        var (c, t) = (shared.Name("c"), shared.Name("t"));
        await _server.Expect($"PUT /containermanager/{t}", """{"type": "trivial"}""", 201);
        await _server.Expect($"PUT /cluster/{c}", $$"""{"container_manager": "{{t}}"}""", 201);
        var host = await shared.Host("active", c);
        await _server.Expect($"GET /host/{host}/status", null, 200, $$$"""
            {"type": "host_only", "host": {"status": "active", "last_check": "…", "…": ""},
             "container_manager": {"node": "{{{host}}}", "status": "ok"}}
            """);
        await _server.Expect($"DELETE /cluster/{c}/hosts/{host}", null, 200);
        await _server.Becomes(host, "disassociated");
        await Eventually.Is(
            () => _server.Send($"GET /host/{host}/status"),
            a => a.Text.Contains("\"container_manager\":{}", StringComparison.Ordinal),
            "the node is deleted");
    }

    [Fact]
    public async Task Each_read_of_credentials_is_recorded()
    {
        var host = await shared.Host();
        await _server.Expect(
            $"GET /host/{host}/creds", null, 200, $$"""{"address": "{{host}}", "ssh_priv_key": "{{Keys.One}}", "remote_user": "root"}""");
        var history = (await _server.Expect($"GET /host/{host}/history", null, 200)).Json!.AsArray();
        var read = Assert.Single(history, h => h!["event"]!.ToString() == "credentials-read");
        Assert.Contains("'a'", read!["summary"]!.ToString());
        await _server.Expect("GET /host/10.9.9.9/creds", null, 404);
    }

    [Fact]
    public async Task Missing_credentials_are_not_found()
    {
        var host = await shared.Host();
        _server.LoseSecrets($"host/{host}");
        Assert.Equal($"The SSH key of host '{host}' is missing from the secret store. Delete the host and register it again.",
            (await _server.Expect($"GET /host/{host}/creds", null, 404)).Detail);
        await _server.Expect($"DELETE /host/{host}", null, 200);
    }

    [Fact]
    public async Task The_history_has_pages()
    {
        var host = await shared.Host();
        var whole = (await _server.Expect($"GET /host/{host}/history", null, 200)).Json!.AsArray();
        Assert.Equal("registered", whole[0]!["event"]!.ToString());
        Assert.Contains(whole, h => h!["event"]!.ToString() == "bootstrapped");
        Assert.Equal(Enumerable.Range(1, whole.Count), whole.Select(h => (int)h!["sequence"]!));
        var page = await _server.Expect($"GET /host/{host}/history?after=1&limit=2", null, 200, """
            [{"sequence": 2, "at": "…", "event": "host-key-recorded", "…": ""},
             {"sequence": 3, "at": "…", "event": "investigated", "…": ""}]
            """);
        Assert.Equal(["2", "3"], page.Json!.AsArray().Select(h => h!["sequence"]!.ToString()));
        await _server.Expect($"GET /host/{host}/history?after={whole.Count}", null, 200, "[]");
        await _server.Expect($"GET /host/{host}/history?after={long.MaxValue}", null, 200, "[]");
        Assert.Contains("after", (await _server.Expect($"GET /host/{host}/history?after=last", null, 400)).Detail);
        await _server.Expect("GET /host/10.9.9.9/history", null, 404);
        foreach (var query in new[] { "after=-1", "limit=0", "limit=1001", "after=x" })
        {
            await _server.Expect($"GET /host/{host}/history?{query}", null, 400);
        }
    }

    [Fact]
    public async Task The_history_of_a_deleted_host_can_be_read()
    {
        var host = await shared.Host();
        await _server.Expect($"DELETE /host/{host}", null, 200);
        var history = (await _server.Expect($"GET /host/{host}/history", null, 200)).Json!.AsArray();
        Assert.Contains(history, h => h!["event"]!.ToString() == "deleted");
    }

    [Fact]
    public async Task The_history_of_a_cluster_can_be_read()
    {
        var c = shared.Name("c");
        await _server.Expect($"PUT /cluster/{c}", null, 201);
        await _server.Expect($"GET /cluster/{c}/history", null, 200, """
            [{"sequence": 1, "at": "…", "event": "created",
              "summary": "created with network 'default' and no container manager", "output": "", "by": "a", "login": "httpbasicauth",
              "from": "127.0.0.1"}]
            """);
        await _server.Expect("GET /cluster/none/history", null, 404);
    }

    [Fact]
    public async Task A_changed_host_key_stops_everything_until_it_is_accepted()
    {
        var host = shared.Address();
        var (expected, shown) = ($"SHA256:{new string('e', 43)}", $"SHA256:{new string('k', 43)}");
        await _server.Expect($"PUT /host/{host}", $$"""{"ssh_priv_key": "{{Keys.One}}", "host_key": "{{expected}}"}""", 201);
        var failed = await _server.Becomes(host, "failed");
        Assert.Contains(expected, failed["reason"]);
        Assert.Contains(shown, failed["reason"]);
        Assert.EndsWith(shown, failed["offered_host_key"]);

        await _server.Expect($"PUT /host/{host}/hostkey", """{"fingerprint": "x"}""", 400);
        await _server.Expect($"PUT /host/{host}/hostkey", null, 400);
        await _server.Expect($"PUT /host/{host}/hostkey", $$"""{"fingerprint": "SHA256:{{new string('z', 43)}}"}""", 409);
        await _server.Expect("PUT /host/10.9.9.9/hostkey", $$"""{"fingerprint": "{{shown}}"}""", 404);
        await _server.Expect(
            $"PUT /host/{host}/hostkey", $$"""{"fingerprint": "{{shown}}"}""", 201, """{"offered_host_key": "", "…": ""}""");
        await _server.Becomes(host, "disassociated");
    }

    [Fact]
    public async Task A_host_that_rejects_the_key_is_failed_with_the_reason()
    {
        var host = shared.Address();
        shared.Shell.Host(host).On(ScriptedShell.Investigate, new ShellOutcome.AuthenticationFailed("permission denied (publickey)"));
        await _server.Register(host);
        Assert.Contains("permission denied", (await _server.Becomes(host, "failed"))["reason"]);
    }
}
