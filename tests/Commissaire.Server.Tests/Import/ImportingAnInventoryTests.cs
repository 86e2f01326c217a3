using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Import;

/// <summary>The hosts of an Ansible inventory are registered with a running server.</summary>
public sealed class ImportingAnInventoryTests : ImportSpec
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Hosts_are_registered_by_address_and_groups_that_are_named_become_clusters(bool yaml)
    {
        (Import.Names["web01.example.com"], Import.Names["web02.example.com"]) = (["10.0.0.1", "fe80::1"], ["10.0.0.2"]);
        var other = Path.Combine(Import.Home, "other.key");
        var file = yaml
            ? Import.Write("hosts.yml", $$"""
                web:
                  hosts: {"web[01:02].example.com": }
                  vars: {ansible_port: 2222}
                db:
                  hosts: {10.0.0.3: {ansible_user: postgres, ansible_ssh_private_key_file: {{other}} } }
                site:
                  children: {web: , db: }
                  vars: {ansible_user: core, ansible_ssh_private_key_file: ~/site.key}
                """)
            : Import.Write("hosts", $"""
                [web]
                web[01:02].example.com
                [db]
                10.0.0.3 ansible_user=postgres ansible_ssh_private_key_file={other}
                [web:vars]
                ansible_port=2222
                [site:children]
                web
                db
                [site:vars]
                ansible_user=core
                ansible_ssh_private_key_file=~/site.key
                """);
        string[] arguments = ["--from", $"inventory={file}", "--cluster", "web=front"];

        await Import.Expect(
            0, """
            Would be taken over:
              cluster            front
              host               10.0.0.1 (web01.example.com, cluster front)
              host               10.0.0.2 (web02.example.com, cluster front)
              host               10.0.0.3
            4 would be taken over, 0 already there, 0 not taken over. This was a dry run: nothing was changed.
            """,
            [.. arguments, "--dry-run"]);
        await Server.Expect("GET /hosts", null, 200, "[]");
        await Import.Expect(
            0, """
            Taken over:
              cluster            front
              host               10.0.0.1 (web01.example.com, cluster front)
              host               10.0.0.2 (web02.example.com, cluster front)
              host               10.0.0.3
            4 taken over, 0 already there, 0 not taken over.
            """,
            arguments);

        foreach (var (address, port, user, source, cluster, key) in new[]
        {
            ("10.0.0.1", "2222", "core", "web01.example.com", "front", Keys.One),
            ("10.0.0.2", "2222", "core", "web02.example.com", "front", Keys.One),
            ("10.0.0.3", "22", "postgres", "", "", Keys.Other),
        })
        {
            var host = await Eventually.Is(
                () => Server.Send($"GET /host/{address}"), h => h.Json!["adopted"] is not null, $"{address} is adopted");
            Assert.Equal((port, user, source, cluster), (host["port"], host["remote_user"], host["source"], host["cluster"]));
            Assert.Equal(key, (await Server.Send($"GET /host/{address}/creds"))["ssh_priv_key"]);
            Assert.All(Server.Shell.Host(address).Begun, c => Assert.True(c is ScriptedShell.Investigate or ScriptedShell.Check, c));
        }

        await Import.Expect(
            0, """
            Already there, and the same:
              cluster            front
              host               10.0.0.1 (web01.example.com, cluster front)
              host               10.0.0.2 (web02.example.com, cluster front)
              host               10.0.0.3
            0 taken over, 4 already there, 0 not taken over.
            """,
            arguments);
    }

    [Fact]
    public async Task Nothing_is_guessed()
    {
        (Import.Names["two"], Import.Names["self"], Import.Names["none"]) = (["10.0.1.1", "10.0.1.2"], ["127.0.1.1"], []);
        (Import.Names["a"], Import.Names["b"]) = (["10.0.2.1"], ["10.0.2.1"]);
        var key = Path.Combine(Import.Home, "site.key");
        var file = Import.Write("hosts", $$$"""
            good ansible_host=10.0.0.1
            two
            self
            none
            absent
            127.1
            a
            b
            keyless ansible_host=10.0.0.2 ansible_ssh_private_key_file=""
            lost ansible_host=10.0.0.3 ansible_ssh_private_key_file=/nowhere/key
            words ansible_host=10.0.0.4 ansible_ssh_private_key_file={{{file_of("not a key")}}}
            local ansible_host=10.0.0.5 ansible_connection=local
            hop ansible_host=10.0.0.6 ansible_ssh_common_args='-o ProxyJump=bastion'
            loose ansible_host=10.0.0.7 ansible_ssh_common_args='-o StrictHostKeyChecking=no'
            templated ansible_host=10.0.0.8 ansible_user="{{ user }}"
            contrary ansible_host=10.0.0.9 ansible_user=x ansible_ssh_user=y
            port ansible_host=10.0.0.10 ansible_port=70000
            escaped ansible_host=10.0.0.11 ansible_connection="x{{{'\u001b'}}}[2J"
            [left]
            both ansible_host=10.0.0.12
            [right]
            both
            [all:vars]
            ansible_ssh_private_key_file={{{key}}}
            """);
        string file_of(string text) => Import.Write("words", text);

        var (code, output, error) = await Import.Run("--from", $"inventory={file}", "--cluster", "left", "--cluster", "right=east");

        Assert.Equal((3, ""), (code, error));
        string[] says =
        [
            "Taken over:\n  cluster            left\n  cluster            east\n  host               10.0.0.1 (good)\n"
                + "  host               10.0.0.7 (loose)\n",
            "two: 'two' has several addresses: 10.0.1.1, 10.0.1.2. Set ansible_host to one of them.",
            "self: 'self' is 127.0.1.1 on this machine, which is not an address for others. Set ansible_host.",
            "none: 'none' has no address. Set ansible_host.",
            "absent: 'absent' does not resolve: ",
            "127.1: '127.1' is not a host name, an IPv4 address or an IPv6 address.",
            "a: its address 10.0.2.1 is also that of b.",
            "b: its address 10.0.2.1 is also that of a.",
            "keyless: its key is missing. Set ansible_ssh_private_key_file, or name a key with --ssh-key.",
            "lost: its key cannot be read: ",
            "10.0.0.4: ssh_priv_key: is not a private key",
            "local: ansible_connection: 'local' is not ssh.",
            "hop: ansible_ssh_common_args: leads through another host. Commissaire connects directly.",
            "templated: ansible_user: is a template, which only Ansible can evaluate.",
            "contrary: ansible_user and ansible_ssh_user: differ. Remove one of them.",
            "10.0.0.10: port: 70000 is not a port",
            @"escaped: ansible_connection: 'x\u001b[2J' is not ssh.",
            "both: its groups become clusters 'left' and 'east', and a host can be in one only.",
            "4 taken over, 0 already there, 17 not taken over.",
        ];
        Assert.All(says, s => Assert.Contains(s, output, StringComparison.Ordinal));
        Assert.Equal(2, (await Server.Send("GET /hosts")).Json!.AsArray().Count);
    }

    [Fact]
    public async Task A_key_and_a_user_can_be_named_for_hosts_without()
    {
        var file = Import.Write("hosts.yaml", """
            all:
              hosts:
                10.0.0.1:
                10.0.0.2: {ansible_user: core}
                10.0.0.3: {ansible_user: !vault "$ANSIBLE_VAULT;1.1;AES256"}
            """);
        string[] arguments = ["--from", $"inventory={file}", "--ssh-key", Path.Combine(Import.Home, "site.key"), "--remote-user", "svc"];
        var (code, output, _) = await Import.Run(arguments);
        Assert.Equal(3, code);
        Assert.Contains("10.0.0.3: ansible_user: is encrypted, or is not a text.", output, StringComparison.Ordinal);
        Assert.Equal("svc", (await Server.Send("GET /host/10.0.0.1"))["remote_user"]);
        Assert.Equal("core", (await Server.Send("GET /host/10.0.0.2"))["remote_user"]);
    }

    [Fact]
    public async Task A_host_in_another_cluster_stays_there()
    {
        await Server.Expect("PUT /cluster/mine", "{}", 201);
        foreach (var address in new[] { "10.0.0.1", "10.0.0.2" })
        {
            await Server.Expect($"PUT /host/{address}", $$"""
                {"ssh_priv_key": "{{Keys.One}}", "bootstrap": "never"{{(address == "10.0.0.1" ? @", ""cluster"": ""mine""" : "")}}}
                """, 201);
        }

        var file = Import.Write("hosts", "[web]\n10.0.0.1\n10.0.0.2\n[web:vars]\nansible_ssh_private_key_file=~/site.key");
        var (code, output, _) = await Import.Run("--from", $"inventory={file}", "--cluster", "web");
        Assert.Equal(3, code);
        Assert.Contains("10.0.0.1: is there, but different: it is in cluster 'mine', not 'web'.", output, StringComparison.Ordinal);
        Assert.Contains("it is in no cluster. Add it with 'commctl host join 10.0.0.2 web'.", output, StringComparison.Ordinal);

        // Without the option, the inventory says nothing about clusters.
        (code, output, _) = await Import.Run("--from", $"inventory={file}");
        Assert.Equal(0, code);
        Assert.Contains("0 taken over, 2 already there, 0 not taken over.", output, StringComparison.Ordinal);
    }
}
