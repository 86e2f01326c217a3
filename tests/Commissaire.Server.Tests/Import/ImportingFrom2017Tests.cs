using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Import;

/// <summary>An installation of 2017 is taken over by a running server.</summary>
public sealed class ImportingFrom2017Tests : ImportSpec
{
    private const string AnotherKey = "ssh_priv_key: host '10.0.0.2' is registered with another key. Replace it with PUT "
        + "/api/v0/host/10.0.0.2/credentials (commctl host set-credentials), or delete the host first.";

    [Fact]
    public async Task Everything_is_taken_over_once_and_no_host_is_changed()
    {
        FillWithEverything();
        static string Report(string title, string end) => $"""
            {title}
              container manager  ocp
              network            overlay
              cluster            prod
              host               10.0.0.1 (cluster prod)
              host               10.0.0.2
              host               name.example.com (cluster prod)
            Already there, and the same:
              network            default
            Never part of an import:
              records of operations: 1
            {end}
            """;

        // A dry run says the same, and changes nothing.
        await Import.Expect(
            0,
            Report(
                "Would be taken over:",
                "6 would be taken over, 1 already there, 0 not taken over. This was a dry run: nothing was changed."),
            [.. FromEtcd, "--dry-run"]);
        await Server.Expect("GET /hosts", null, 200, "[]");
        await Server.Expect("GET /clusters", null, 200, "[]");
        await Server.Expect("GET /containermanagers", null, 200, "[]");
        Assert.Empty(Server.Secrets());

        await Import.Expect(0, Report("Taken over:", "6 taken over, 1 already there, 0 not taken over."), FromEtcd);
        foreach (var address in new[] { "10.0.0.1", "10.0.0.2", "name.example.com" })
        {
            var host = await Eventually.Is(
                () => Server.Send($"GET /host/{address}"), h => h.Json!["adopted"] is not null, $"{address} is adopted");
            Assert.Equal("its bootstrap is 'never'", host["adopted"]);
            Assert.StartsWith("ssh-ed25519 SHA256:kkk", host["host_key"], StringComparison.Ordinal);
            Assert.All(Server.Shell.Host(address).Begun, c => Assert.True(c is ScriptedShell.Investigate or ScriptedShell.Check, c));
        }

        await Server.Expect(
            "GET /host/10.0.0.2/creds", null, 200,
            $$"""{"address": "10.0.0.2", "ssh_priv_key": "{{Keys.Other}}", "remote_user": "core"}""");
        var cluster = await Server.Send("GET /cluster/prod");
        Assert.Equal(("overlay", "ocp"), (cluster["network"], cluster["container_manager"]));
        Assert.Equal("""["10.0.0.1","name.example.com"]""", cluster.Json!["hostset"]!.ToJsonString());

        // The installation of 2017 was only read.
        Assert.All(Old.Requests, r => Assert.StartsWith("GET ", r, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_import_changes_nothing_and_says_so()
    {
        FillWithEverything();
        Assert.Equal(0, (await Import.Run(FromEtcd)).Code);
        var before = await Histories();

        await Import.Expect(
            0, """
            Already there, and the same:
              container manager  ocp (its token is not compared)
              network            default
              network            overlay
              cluster            prod
              host               10.0.0.1 (cluster prod)
              host               10.0.0.2
              host               name.example.com (cluster prod)
            Never part of an import:
              records of operations: 1
            0 taken over, 7 already there, 0 not taken over.
            """,
            FromEtcd);
        Assert.Equal(before, await Histories());

        // A file with what etcd answered, and one with what Custodia has, are the same installation.
        var keys = Import.Write("keys.json", Old.Answer);
        var secrets = Import.Write(
            "secrets.json", $"{{{string.Join(',', Old.Custodia.Select(s => $"\"{s.Key}\": {s.Value}"))}}}");
        var (code, output, _) = await Import.Run("--from", $"etcd={keys}", "--secrets", $"custodia={secrets}");
        Assert.Equal(0, code);
        Assert.Contains("0 taken over, 7 already there", output, StringComparison.Ordinal);
        Assert.Equal(before, await Histories());
    }

    [Fact]
    public async Task What_is_there_but_different_is_reported_and_kept()
    {
        FillWithEverything();
        await Server.Expect("PUT /network/overlay", """{"type": "flannel_server", "options": {"address": "10.9.9.9"}}""", 201);
        await Server.Expect("PUT /containermanager/ocp", """{"type": "trivial"}""", 201);
        await Server.Expect(
            "PUT /host/10.0.0.2", $$"""{"ssh_priv_key": "{{Keys.One}}", "remote_user": "core", "bootstrap": "never"}""", 201);
        await Server.Expect("PUT /host/10.0.0.1", $$"""{"ssh_priv_key": "{{Keys.One}}", "port": 2222}""", 201);

        var (code, output, error) = await Import.Run(FromEtcd);

        Assert.Equal((3, ""), (code, error));
        Assert.Equal($$"""
            Already there, and the same:
              network            default
            Not taken over:
              container manager  ocp: is there, but different: its type is trivial.
              network            overlay: is there, but different: its type is flannel_server, and its options are {"address":"10.9.9.9"}.
              cluster            prod: its network 'overlay' was not taken over.
              host               10.0.0.1: its cluster 'prod' was not taken over.
              host               10.0.0.2: {{AnotherKey}}
              host               name.example.com: its cluster 'prod' was not taken over.
            Never part of an import:
              records of operations: 1
            0 taken over, 1 already there, 6 not taken over.
            """, output.Trim());
        await Server.Expect("GET /clusters", null, 200, "[]");
        var manager = await Server.Send("GET /containermanager/ocp");
        Assert.Equal("trivial", manager["type"]);

        // A manager that has all of the record and more, and a cluster as recorded, are what the source wants.
        await Server.Expect("DELETE /network/overlay", null, 200);
        await Server.Expect("DELETE /containermanager/ocp", null, 200);
        await Server.Expect("PUT /containermanager/ocp", """
            {"options": {"server_url": "https://127.0.0.1:9", "token": "renewed", "insecure_skip_tls_verify": true}}
            """, 201);
        (code, output, _) = await Import.Run(FromEtcd);
        Assert.Equal(3, code);
        Assert.Contains("ocp (its token is not compared)", output, StringComparison.Ordinal);
        Assert.Contains("cluster            prod\n", output, StringComparison.Ordinal);
        Assert.Contains("10.0.0.1: is there, but different: its port is 2222, not 22.", output, StringComparison.Ordinal);
        Assert.Contains("3 taken over, 2 already there, 2 not taken over.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_waits_or_was_adopted_for_its_service_is_the_same()
    {
        Old.AddHost("10.0.0.1", Keys.One);
        Old.AddHost("10.0.0.2", Keys.One);
        Server.Shell.Host("10.0.0.1").Hang(ScriptedShell.Investigate);
        Assert.Equal(0, (await Import.Run(FromEtcd)).Code);
        Assert.Equal(0, (await Import.Run(FromEtcd)).Code);

        // Registered to be bootstrapped, and not known to be in service: nobody would promise that it is left alone.
        await Server.Expect("DELETE /host/10.0.0.2", null, 200);
        Server.Shell.Host("10.0.0.2").Hang(ScriptedShell.Investigate);
        await Server.Register("10.0.0.2");
        var (code, output, _) = await Import.Run(FromEtcd);
        Assert.Equal(3, code);
        Assert.Contains("10.0.0.2: bootstrap: host '10.0.0.2' is registered with none.", output, StringComparison.Ordinal);
    }

    private void FillWithEverything()
    {
        Old.AddHost("10.0.0.1", Keys.One);
        Old.AddHost("10.0.0.2", Keys.Other, "core", "failed");
        Old.AddHost("name.example.com", Keys.One, status: "");
        Old.Etcd["networks/default"] = """{"name": "default", "type": "flannel_etcd", "options": {}}""";
        Old.Etcd["networks/overlay"] = """{"name": "overlay", "type": "flannel_server", "options": {"address": "10.0.0.9:8080"}}""";
        Old.Etcd["container_managers/ocp"] = """
            {"name": "ocp", "type": "openshift", "options": {"server_url": "https://127.0.0.1:9", "token": "old"}}
            """;
        Old.Etcd["clusters/prod"] = """
            {"name": "prod", "status": "", "network": "overlay", "hostset": ["name.example.com", "10.0.0.1"], "container_manager": "ocp"}
            """;
        Old.Etcd["cluster/prod/upgrade"] = """{"name": "prod", "status": "finished"}""";
    }

    // Everything that was ever recorded.
    private async Task<string> Histories()
    {
        foreach (var address in new[] { "10.0.0.1", "name.example.com" })
        {
            // The membership is confirmed, and the container manager, which does not answer, has been asked.
            await Eventually.Is(
                () => Server.Send($"GET /host/{address}"), h => h["reason"].Contains("ocp", StringComparison.Ordinal), address);
        }

        var host = await Eventually.Is(
            () => Server.Send("GET /host/10.0.0.2"), h => h["status"] == "disassociated", "10.0.0.2 is disassociated");
        var all = new List<string>();
        foreach (var path in new[] { "host/10.0.0.1", "host/10.0.0.2", "host/name.example.com", "cluster/prod" })
        {
            all.Add((await Server.Send($"GET /{path}/history")).Text);
        }

        return string.Join('\n', all.Append(string.Join(' ', Server.Secrets())));
    }
}
