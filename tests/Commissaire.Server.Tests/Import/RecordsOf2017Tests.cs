using System.Text;
using Commissaire.Import;
using Commissaire.Import.Etcd;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Import;

/// <summary>The records of an installation of 2017, and its secrets.</summary>
public sealed class RecordsOf2017Tests
{
    [Fact]
    public void Every_kind_of_record_becomes_a_request()
    {
        var installation = Installation.Read(
        [
            new("hosts/10.0.0.1", """{"address": "10.0.0.1", "status": "failed", "os": "fedora", "cpus": 4, "source": "vms"}"""),
            new("hosts/10.0.0.2", """{"address": "10.0.0.2", "ssh_priv_key": "a2V5\n", "remote_user": "core"}"""),
            new("clusters/prod", """
                {"name": "prod", "status": "", "network": "overlay", "hostset": ["10.0.0.1"], "container_manager": "ocp", "type": "x"}
                """),
            new("clusters/plain", """{"name": "plain", "network": ""}"""),
            new("networks/overlay", """{"name": "overlay", "type": "flannel_server", "options": {"address": "10.0.0.9:8080"}}"""),
            new("container_managers/ocp", """{"name": "ocp", "options": {"server_url": "https://ocp:8443", "token": "t"}}"""),
            new("cluster/prod/restart", "{}"),
            new("cluster/prod/deploy", "{}"),
            new("config/commissaire", "{}"),
            new("custodia/secrets/hosts/10.0.0.1", "e30="),
        ]);

        Assert.Equal(
            [new("10.0.0.1", "prod", "vms", null), new("10.0.0.2", null, "", new HostCredentials("a2V5", "core"))], installation.Hosts);
        Assert.Equal(
            [("prod", "overlay", "ocp"), ("plain", "default", "")],
            installation.Fleet.Clusters.Select(c => (c.Name, c.Network, c.ContainerManager)));
        var manager = Assert.Single(installation.Fleet.ContainerManagers);
        Assert.Equal(("ocp", "openshift", "t"), (manager.Name, manager.Type, manager.Options!["token"].GetString()));
        var network = Assert.Single(installation.Fleet.Networks);
        Assert.Equal(("overlay", "flannel_server"), (network.Name, network.Type));
        Assert.Empty(installation.Fleet.NotTaken);
        Assert.Equal(
            ["configurations: 1", "encrypted secrets of Custodia: 1", "records of operations: 2"], installation.Fleet.LeftBehind);
    }

    [Theory]
    [InlineData("hosts/10.0.0.1", "{", "host 10.0.0.1: its record cannot be read: is not JSON: line 1, byte 1.")]
    [InlineData("hosts/10.0.0.1", "", "host 10.0.0.1: its record cannot be read: is not JSON")]
    [InlineData("hosts/10.0.0.1", "[]", "host 10.0.0.1: its record cannot be read: is not a JSON object.")]
    [InlineData("hosts/10.0.0.1", "{}", "host 10.0.0.1: its record cannot be read: address: is missing.")]
    [InlineData("hosts/10.0.0.1", """{"address": "x"}""", "host 10.0.0.1: its record cannot be read: address: differs from the key.")]
    [InlineData("hosts/10.0.0.1", """{"address": "10.0.0.1", "address": "x"}""", "host 10.0.0.1: its record cannot be read: is not JSON")]
    [InlineData("hosts/10.0.0.1", """{"address": "10.0.0.1", "source": 5}""", "host 10.0.0.1: source: expected text.")]
    [InlineData("hosts/10.0.0.1", """{"address": "10.0.0.1", "ssh_priv_key": ["K"]}""", "host 10.0.0.1: ssh_priv_key: expected text.")]
    [InlineData("clusters/c", """{"name": "c", "hostset": "x"}""", "cluster c: its record cannot be read: hostset: expected a list.")]
    [InlineData("clusters/c", """{"name": "c", "hostset": [7]}""", "cluster c: its record cannot be read: hostset[0]: expected text.")]
    [InlineData("clusters/c", """{"name": "c", "hostset": ["10.9.9.9"]}""", "host 10.9.9.9: cluster 'c' lists it, but it has no record.")]
    [InlineData("networks/n", """{"name": "n", "options": null}""", "network n: its record cannot be read: options: expected an object.")]
    [InlineData("container_managers/m", "7", "container manager m: its record cannot be read: is not a JSON object.")]
    [InlineData("jobs/1", "{}", "key jobs/1: is not a key of a Commissaire of 2017.")]
    [InlineData("hosts/a/b", "{}", "key hosts/a/b: is not a key of a Commissaire of 2017.")]
    public void A_record_that_cannot_be_read_is_named(string key, string value, string says)
    {
        var installation = Installation.Read([new(key, value)]);
        var item = Assert.Single(installation.Fleet.NotTaken);
        Assert.StartsWith(says, $"{item.Kind} {item.Name}: {item.Detail}", StringComparison.Ordinal);
        Assert.Empty(installation.Hosts);
    }

    [Fact]
    public void The_cluster_of_a_host_is_never_guessed()
    {
        EtcdValue[] values =
        [
            new("hosts/10.0.0.1", """{"address": "10.0.0.1"}"""),
            new("hosts/10.0.0.2", """{"address": "10.0.0.2"}"""),
            new("clusters/a", """{"name": "a", "hostset": ["10.0.0.1", "10.0.0.1", "10.0.0.2"]}"""),
            new("clusters/b", """{"name": "b", "hostset": ["10.0.0.2"]}"""),
        ];
        var installation = Installation.Read(values);
        Assert.Equal(("10.0.0.1", "a"), (installation.Hosts[0].Address, installation.Hosts[0].Cluster));
        Assert.Equal(
            "is in clusters 'a' and 'b', and a host can be in one only. Remove it from the others in the source.",
            Assert.Single(installation.Fleet.NotTaken).Detail);

        // An unreadable cluster may have listed the host.
        var unread = Installation.Read([values[0], new("clusters/a", "{")]);
        Assert.Empty(unread.Hosts);
        Assert.Contains(unread.Fleet.NotTaken, o => o.Name == "10.0.0.1" && o.Detail!.StartsWith("cluster 'a'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"node": {"key": "/commissaire", "dir": true}}""", "")]
    [InlineData("""
        {"action": "get", "node": {"dir": true, "nodes": [{"key": "/other", "value": "x"}, {"key": "/commissaire", "dir": true, "nodes": [
          {"key": "/commissaire/hosts", "dir": true, "nodes": [{"key": "/commissaire/hosts/a", "value": "v", "createdIndex": 4}]}]}]}}
        """, "hosts/a=v")]
    public void Keys_of_etcd_are_found_at_every_depth(string answer, string keys) => Assert.Equal(
        keys, string.Join(' ', EtcdAnswer.Read(Encoding.UTF8.GetBytes(answer), "x").Select(v => $"{v.Key}={v.Value}")));

    [Theory]
    [InlineData("", "x: is not JSON")]
    [InlineData("[]", "x: node: expected an object.")]
    [InlineData("null", "x: node: expected an object.")]
    [InlineData("""{"node": []}""", "x: node: expected an object.")]
    [InlineData("""{"node": {"key": "/other"}}""", "x: has no key /commissaire.")]
    [InlineData("""{"node": {"key": 5}}""", "x: node.key: expected text.")]
    [InlineData("""{"node": {"key": "/commissaire", "nodes": {}}}""", "x: /commissaire: nodes: expected a list.")]
    [InlineData("""{"node": {"key": "/commissaire", "nodes": [{}, 5]}}""", "x: node.nodes[1]: expected an object.")]
    [InlineData("""{"node": {"key": "/commissaire/hosts/a", "value": {}}}""", "x: /commissaire/hosts/a: value: expected text.")]
    [InlineData("""{"errorCode": 100, "message": "Key not found", "cause": "/"}""", "x: etcd answered with an error: Key not found (/).")]
    [InlineData("""{"header": {}, "kvs": []}""", "x: node: expected an object. Expected the answer to GET /v2/keys")]
    public void An_answer_that_is_not_of_etcd_names_what_is_wrong(string answer, string says) => Assert.StartsWith(
        says, Assert.Throws<StartupException>(() => EtcdAnswer.Read(Encoding.UTF8.GetBytes(answer), "x")).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task Random_changes_to_answers_and_secrets_are_read_or_refused()
    {
        var random = new Random(2017);
        var answer = """
            {"node": {"key": "/commissaire", "nodes": [
              {"key": "/commissaire/hosts/a", "value": "{\"address\": \"a\", \"source\": \"\u00e9\", \"ssh_priv_key\": \"eA==\"}"},
              {"key": "/commissaire/clusters/c", "value": "{\"name\": \"c\", \"hostset\": [\"a\"], \"network\": \"\\ud83d\\ude00\"}"},
              {"key": "/commissaire/container_managers/m", "value": "{\"name\": \"m\", \"options\": {\"token\": \"\\ud83d\\ude00\"}}"}]}}
            """;
        var secrets = """{"a": {"address": "a", "ssh_priv_key": "eA==", "remote_user": "\ud83d\ude00"}}""";
        for (var i = 0; i < 5000; i++)
        {
            try
            {
                using var file = SecretsFile.Parse(Changed(secrets), "x");
                await EtcdFleet.Read(
                    EtcdAnswer.Read(Changed(answer), "x"), file, new FallbackLogin(null, "root"), CancellationToken.None);
            }
            catch (StartupException)
            {
            }
        }

        byte[] Changed(string text)
        {
            var changed = Encoding.UTF8.GetBytes(text);
            for (var j = random.Next(0, 3); j > 0; j--)
            {
                changed[random.Next(changed.Length)] = "[]{}:,\"\\u0d8e \0\u00ff"u8[random.Next(16)];
            }

            return changed;
        }
    }

    [Fact]
    public void A_deeply_nested_answer_is_an_error()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"node": """, 100_000));
        Assert.StartsWith("x: is not JSON", Assert.Throws<StartupException>(
            () => EtcdAnswer.Read(Encoding.UTF8.GetBytes(deep), "x")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"ADDRESS": {"address": "ADDRESS", "ssh_priv_key": "a2V5", "remote_user": "core"}}""")]
    [InlineData("""{"hosts/ADDRESS": {"ssh_priv_key": "a2\nV5", "remote_user": "core"}}""")]
    [InlineData("""{"/secrets/hosts/ADDRESS": "{\"address\": \"ADDRESS\", \"ssh_priv_key\": \"a2V5\", \"remote_user\": \"core\"}"}""")]
    [InlineData("""{"ADDRESS": {"type": "simple", "value": "{\"ssh_priv_key\": \"a2V5\", \"remote_user\": \"core\"}"}}""")]
    [InlineData("""{"ADDRESS": {"type": "simple", "value": "eyJzc2hfcHJpdl9rZXkiOiAiYTJWNSIsICJyZW1vdGVfdXNlciI6ICJjb3JlIn0="}}""")]
    public async Task Secrets_are_read_from_a_file(string json)
    {
        using var secrets = SecretsFile.Parse(Encoding.UTF8.GetBytes(json.Replace("ADDRESS", "10.0.0.1", StringComparison.Ordinal)), "x");
        Assert.Equal(new HostCredentials("a2V5", "core"), await secrets.Find("10.0.0.1", CancellationToken.None));
        Assert.Null(await secrets.Find("10.0.0.2", CancellationToken.None));
    }

    [Theory]
    [InlineData("""{"10.0.0.1": "SECRET"}""")]
    [InlineData("""{"10.0.0.1": ["SECRET"]}""")]
    [InlineData("""{"10.0.0.1": {"ssh_priv_key": {"SECRET": 1}}}""")]
    [InlineData("""{"10.0.0.1": {"address": "SECRET", "ssh_priv_key": "SECRET"}}""")]
    [InlineData("""{"10.0.0.1": {"type": "simple", "value": "SECRET"}}""")]
    public async Task No_error_repeats_a_secret(string json)
    {
        using var secrets = SecretsFile.Parse(Encoding.UTF8.GetBytes(json), "x");
        var error = await Assert.ThrowsAsync<FormatException>(() => secrets.Find("10.0.0.1", CancellationToken.None));
        Assert.DoesNotContain("SECRET", error.ToString().Split("   at ")[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SECRET", "x: is not JSON: line 1, byte 0.")]
    [InlineData("\"SECRET\"", "x: expected a JSON object of credentials by address.")]
    [InlineData("""{"10.0.0.1": 1, "hosts/10.0.0.1": 1}""", "x: '10.0.0.1' is there twice.")]
    [InlineData("""{"10.0.0.1": 1, "10.0.0.1": 1}""", "x: a key is there twice.")]
    public void A_file_that_holds_no_secrets_is_an_error(string json, string says) =>
        Assert.Equal(says, Assert.Throws<StartupException>(() => SecretsFile.Parse(Encoding.UTF8.GetBytes(json), "x")).Message);

    [Fact]
    public async Task A_host_without_a_key_is_not_taken_unless_there_is_one_for_it()
    {
        EtcdValue[] values = [new("hosts/10.0.0.1", """{"address": "10.0.0.1"}""")];
        using var custodia = SecretsFile.Parse("""{"10.0.0.1": {"ssh_priv_key": "", "remote_user": "core"}}"""u8.ToArray(), "x");
        var without = await EtcdFleet.Read(values, custodia, new FallbackLogin(null, "root"), CancellationToken.None);
        Assert.Empty(without.Hosts);
        Assert.StartsWith("its key is missing: Custodia has none", Assert.Single(without.NotTaken).Detail, StringComparison.Ordinal);

        var with = await EtcdFleet.Read(values, custodia, new FallbackLogin(Keys.One, "root"), CancellationToken.None);
        var host = Assert.Single(with.Hosts).Request;
        Assert.Equal((Keys.One, "core", 22, "never"), (host.SshPrivKey, host.RemoteUser, host.Port, host.Bootstrap));
    }
}
