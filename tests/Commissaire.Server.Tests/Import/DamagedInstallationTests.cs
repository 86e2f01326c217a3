using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Import;

/// <summary>An installation of 2017 is taken over as far as it is sound.</summary>
public sealed class DamagedInstallationTests : ImportSpec
{
    [Fact]
    public async Task Each_object_that_cannot_be_taken_over_is_named_and_the_others_are_taken()
    {
        Old.AddHost("10.0.0.1", Keys.One);
        Old.AddHost("10.0.0.2", null);
        Old.AddHost("10.0.0.3", Keys.WithPassphrase);
        Old.AddHost("10.0.0.4", Keys.One, user: "not a user");
        Old.AddHost("10.0.0.5", "!!not base64!!");
        Old.AddHost("127.1", Keys.One);
        Old.Custodia["hosts/10.0.0.6"] = "SECRET";
        Old.AddHost("10.0.0.6", null);
        Old.Etcd["container_managers/m"] = """{"name": "m", "options": {"server_url": "https://x", "tokem": "SECRET"}}""";
        Old.Etcd["container_managers/k"] = """{"name": "k", "options": {"server_url": "https://x"}}""";
        Old.Etcd["networks/n"] = """{"name": "n", "type": "flanneld_service", "options": {}}""";
        Old.Etcd["clusters/a"] = """{"name": "a", "network": "nowhere"}""";
        Old.Etcd["clusters/b.c"] = """{"name": "b.c"}""";

        foreach (string[] dry in (string[][])[["--dry-run"], []])
        {
            var (code, output, error) = await Import.Run([.. FromEtcd, .. dry]);
            Assert.Equal((3, ""), (code, error));
            Assert.DoesNotContain("SECRET", output, StringComparison.Ordinal);
            Assert.DoesNotContain(Keys.WithPassphrase, output, StringComparison.Ordinal);
            string[] says =
            [
                "host               10.0.0.1\n",
                "10.0.0.2: its key is missing: Custodia has none for it.",
                "10.0.0.3: ssh_priv_key: is protected by a passphrase",
                "10.0.0.4: remote_user: expected a user name",
                "10.0.0.5: ssh_priv_key: is not base64.",
                "10.0.0.6: its credentials cannot be read: is not JSON: line 1, byte 0.",
                "127.1: The address in the path: '127.1' is an unusual form of the address 127.0.0.1.",
                "m: tokem: is not an option of type openshift. Did you mean token?",
                "k: token: is missing.",
                "n: type: 'flanneld_service' is not a type of network",
                "a: its network 'nowhere' is neither in the source nor on the server.",
                "b.c: its name is invalid",
                "1 " + (dry.Length > 0 ? "would be " : "") + "taken over, 0 already there, 11 not taken over.",
            ];
            Assert.All(says, s => Assert.Contains(s, output, StringComparison.Ordinal));
        }

        var hosts = await Server.Send("GET /hosts");
        Assert.Equal("10.0.0.1", Assert.Single(hosts.Json!.AsArray())!["address"]!.ToString());
    }
}
