using System.Text.Json.Nodes;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

[Collection(OneServer.Name)]
public sealed class Registering(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task A_new_host_is_investigating_and_putting_it_again_changes_nothing()
    {
        var host = shared.Address();
        shared.Shell.Host(host).Hang(ScriptedShell.Investigate);
        var shown = $$"""
            {"address": "{{host}}", "status": "investigating", "os": "", "cpus": 0, "memory": 0, "space": 0, "last_check": "…",
             "source": "", "since": "…", "…": ""}
            """;
        await _server.Expect($"PUT /host/{host}", Client.Registration(), 201, shown);
        await _server.Expect($"PUT /host/{host}", Client.Registration(), 201, shown);
        await _server.Expect($"GET /host/{host}/", null, 200, shown);
        var hosts = (await _server.Expect("GET /hosts", null, 200)).Json!.AsArray();
        Assert.Single(hosts, h => h!["address"]!.ToString() == host);
        await _server.Expect($"DELETE /host/{host}", "{}", 200, "[]");
        await _server.Expect($"DELETE /host/{host}", "{}", 404);
        await _server.Expect($"GET /host/{host}", null, 404);
        Assert.DoesNotContain((await _server.Expect("GET /hosts", null, 200)).Json!.AsArray(), h => h!["address"]!.ToString() == host);
    }

    [Fact]
    public async Task Only_the_key_of_a_known_host_registers_it_again()
    {
        var host = await shared.Host();
        foreach (var key in new[] { Keys.Other, Keys.WithPassphrase, "eA==", "not base64!", "" })
        {
            Assert.Contains("another key", (await _server.Expect($"PUT /host/{host}", Client.Registration(key), 409)).Detail);
        }

        await _server.Expect($"PUT /host/{host}", null, 409);
    }

    [Fact]
    public async Task An_unusable_key_is_refused_with_the_reason_and_not_stored()
    {
        var host = shared.Address();
        foreach (var (key, says) in new[]
        {
            ("", "is missing"), ("not base64!", "not base64"), ("eA==", "is not a private key"), (Keys.WithPassphrase, "passphrase"),
            (Convert.ToBase64String("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 x"u8), "is not a private key"),
            (Convert.ToBase64String(Convert.FromBase64String(Keys.One)[..150]), "is not a private key"),
        })
        {
            Assert.Contains(says, (await _server.Expect($"PUT /host/{host}", Client.Registration(key), 400)).Detail);
        }

        await _server.Expect($"PUT /host/{host}", null, 400);
        await _server.Expect($"GET /host/{host}", null, 404);
    }

    [Fact]
    public async Task An_unknown_cluster_is_refused_before_the_key_is_looked_at()
    {
        var host = shared.Address();
        await _server.Expect($"PUT /host/{host}", """{"ssh_priv_key": "eA==", "cluster": "none"}""", 409);
        await _server.Expect($"PUT /host/{host}", Client.Registration(cluster: "none"), 409);
        await _server.Expect($"GET /host/{host}", null, 404);
    }

    [Fact]
    public async Task The_address_may_be_in_the_body()
    {
        foreach (var (path, field) in new[] { ("/host/", "address"), ("/host", "host") })
        {
            var address = shared.Address();
            await _server.Expect(
                $"PUT {path}", Body((field, address), ("ssh_priv_key", Keys.One)), 201, $$"""{"address": "{{address}}", "…": ""}""");
            await _server.Expect($"PUT /host/{address}", Body((field, address), ("ssh_priv_key", Keys.One)), 201);
        }
    }

    [Fact]
    public async Task Without_an_address_the_client_registers_itself_and_cannot_forge_another()
    {
        await _server.Expect("PUT /host", """{"ssh_priv_key": "eA=="}""", 400);
        await _server.Expect("PUT /host", Client.Registration(), 201, """{"address": "127.0.0.1", "…": ""}""",
            arrange: r => r.Headers.Add("X-Forwarded-For", "10.66.6.6"));
        await _server.Expect("GET /host/10.66.6.6", null, 404);
        await _server.Expect("DELETE /host/127.0.0.1", null, 200);
    }

    [Theory]
    [InlineData("fe80::1", "fe80::1")]
    [InlineData("FE80:0::0:2", "fe80::2")]
    [InlineData("[fe80::3]", "fe80::3")]
    [InlineData("fe80::4%25eth0", "fe80::4%eth0")]
    [InlineData("FE80::5%2525eth0.7", "fe80::5%eth0.7")]
    [InlineData("[fe80::6%252]", "fe80::6%2")]
    [InlineData("Node-1.Example.COM", "node-1.example.com")]
    [InlineData("under_score", "under_score")]
    public async Task An_address_has_one_spelling(string sent, string kept)
    {
        await _server.Expect($"PUT /host/{sent}", Client.Registration(), 201, $$"""{"address": "{{kept}}", "…": ""}""");
        await _server.Expect($"GET /host/{Uri.EscapeDataString(kept)}", null, 200);
        await _server.Expect($"GET /host/{sent}", null, 200);
        await _server.Expect($"DELETE /host/{sent}", null, 200);
    }

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.256")]
    [InlineData("-x")]
    [InlineData("a%20b")]
    [InlineData("2001:db8::1%25eth0")]
    [InlineData("fe80::1%25a%20b")]
    public async Task An_invalid_address_is_refused(string address)
    {
        await _server.Expect($"PUT /host/{address}", Client.Registration(), 400);
        await _server.Expect($"GET /host/{address}", null, 404);
        await _server.Expect($"DELETE /host/{address}", null, 404);
    }

    [Theory]
    [InlineData("svc@corp.example")]
    [InlineData("CORP\\svc")]
    [InlineData("CORP\\machine$")]
    [InlineData("a.user.with.a.very.long.name+tag@a.very.long.domain.of.a.directory.example")]
    public async Task A_remote_user_may_be_of_a_directory(string user)
    {
        var host = shared.Address();
        var body = new JsonObject { ["ssh_priv_key"] = Keys.One, ["remote_user"] = user };
        await _server.Expect($"PUT /host/{host}", body.ToJsonString(), 201);
        var kept = new JsonObject { ["remote_user"] = user, ["…"] = "" };
        await _server.Expect($"GET /host/{host}/creds", null, 200, kept.ToJsonString());
    }

    [Theory]
    [InlineData("cpus", "\"x\"")]
    [InlineData("memory", "1.5")]
    [InlineData("ssh_priv_key", "5")]
    [InlineData("ssh_priv_key", "null")]
    [InlineData("cluster", "null")]
    [InlineData("cluster", "\"bad.name\"")]
    [InlineData("remote_user", "{}")]
    [InlineData("remote_user", "\"-oProxyCommand=x\"")]
    [InlineData("remote_user", "\"a b\"")]
    [InlineData("remote_user", "\"CORP\\\\\"")]
    [InlineData("remote_user", "\"a;b\"")]
    [InlineData("remote_user", "\"@a\"")]
    [InlineData("port", "0")]
    [InlineData("port", "65536")]
    [InlineData("port", "\"22\"")]
    [InlineData("port", "99999999999")]
    [InlineData("host_key", "\"SHA256:short\"")]
    [InlineData("address", "\"10.77.7.7\"")]
    [InlineData("host", "\"10.77.7.7\"")]
    public async Task A_wrong_field_is_named(string field, string value)
    {
        var body = new JsonObject { ["ssh_priv_key"] = Keys.One };
        body[field] = JsonNode.Parse(value);
        Assert.StartsWith($"{field}:", (await _server.Expect($"PUT /host/{shared.Address()}", body.ToJsonString(), 400)).Detail);
    }

    [Fact]
    public async Task A_duplicate_field_is_named() =>
        Assert.Equal("port: the field appears twice. Send it once.", (await _server.Expect(
            $"PUT /host/{shared.Address()}", $$"""{"ssh_priv_key": "{{Keys.One}}", "port": 22, "port": 23}""", 400)).Detail);

    [Fact]
    public async Task Server_owned_fields_are_accepted_and_ignored()
    {
        var host = shared.Address();
        shared.Shell.Host(host).Hang(ScriptedShell.Investigate);
        await _server.Expect($"PUT /host/{host}", $$"""
            {"ssh_priv_key": "{{Keys.One}}", "remote_user": "core", "port": 2222, "source": "a rack",
             "status": "active", "os": "fedora", "cpus": 9, "memory": 9, "space": 9, "last_check": "2016-01-01T00:00:00.000000"}
            """, 201, $$"""
            {"address": "{{host}}", "status": "investigating", "os": "", "cpus": 0, "memory": 0, "space": 0, "last_check": "…",
             "source": "a rack",
             "port": 2222, "remote_user": "core", "…": ""}
            """);
        await _server.Expect($"DELETE /host/{host}", null, 200);
    }

    [Fact]
    public async Task A_host_that_was_read_can_be_sent_back()
    {
        var host = shared.Address();
        await _server.Register(host);
        var read = JsonNode.Parse((await _server.Expect($"GET /host/{host}", null, 200)).Text)!.AsObject();
        read["ssh_priv_key"] = Keys.One;
        read.Remove("cluster");
        read.Remove("host_key");
        await _server.Expect($"PUT /host/{host}", read.ToJsonString(), 201);
    }

    [Theory]
    [InlineData("\"port\": 2222", "port: host '…' is registered with port 22.")]
    [InlineData("\"remote_user\": \"core\"", "remote_user: host '…' is registered with user 'root'.")]
    [InlineData("\"bootstrap\": \"never\"", "bootstrap: host '…' is registered with none.")]
    public async Task A_registration_that_differs_is_refused_and_names_the_field(string field, string problem)
    {
        var host = shared.Address();
        await _server.Expect($"PUT /host/{host}", $$"""{"ssh_priv_key": "{{Keys.One}}"}""", 201);
        await _server.Expect($"PUT /host/{host}", $$"""{"ssh_priv_key": "{{Keys.One}}", "port": 22, "remote_user": "root"}""", 201);
        var refused = await _server.Expect($"PUT /host/{host}", $$"""{"ssh_priv_key": "{{Keys.One}}", {{field}}}""", 409);
        Assert.StartsWith(problem.Replace("…", host, StringComparison.Ordinal), refused.Detail);
    }

    [Fact]
    public async Task A_path_that_ends_with_a_slash_registers_nobody_without_an_address()
    {
        var body = $$"""{"ssh_priv_key": "{{Keys.One}}"}""";
        Assert.StartsWith("address: is missing", (await _server.Expect("PUT /host/", body, 400)).Detail);
        var host = shared.Address();
        await _server.Expect("PUT /host/", $$"""{"ssh_priv_key": "{{Keys.One}}", "address": "{{host}}"}""", 201);
    }

    private static string Body(params (string Field, string Value)[] fields) =>
        new JsonObject(fields.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Field, f.Value))).ToJsonString();
}
