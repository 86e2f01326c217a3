using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Acknowledged changes survive an immediate SIGKILL.</summary>
public sealed class SurvivingKillsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task Networks_container_managers_and_clusters_stay_and_stay_deleted()
    {
        foreach (var (path, body) in ((string, object)[])[
            ("/network/kept", new { type = "flannel_server", options = new { address = "10.0.0.1:8080" } }),
            ("/containermanager/kept",
                new { type = "kubernetes", options = new { server_url = "https://x.example.com", token = "t0ken" } }),
            ("/cluster/kept", new { network = "kept", container_manager = "kept" })])
        {
            var answer = (await Server.Put(path, body)).Ok();
            await Server.KillAndStart();
            var after = (await Server.Get(path)).Ok();
            Assert.All(answer.Json.EnumerateObject(), field => Assert.Equal(field.Value.ToString(), after[field.Name]));
            Assert.Contains("kept", (await Server.Get(path.Replace("/kept", "s", StringComparison.Ordinal))).Names);
        }

        foreach (var path in (string[])["/cluster/kept", "/containermanager/kept", "/network/kept"])
        {
            (await Server.Delete(path)).Ok();
            await Server.KillAndStart();
            Assert.Equal(404, (await Server.Get(path)).Code);
            Assert.DoesNotContain("kept", (await Server.Get(path.Replace("/kept", "s", StringComparison.Ordinal))).Names);
        }
    }

    [Fact]
    public async Task A_host_stays_with_its_cluster_and_key_and_stays_deleted()
    {
        var cluster = await fixture.AddCluster();
        var host = await fixture.AddHost();

        (await fixture.TryRegister(host, cluster, "core", source: "here")).Ok();
        await Server.KillAndStart();
        var seen = (await Server.Get($"/host/{host.Address}")).Ok();
        Assert.Equal(("core", "here", cluster), (seen["remote_user"], seen["source"], seen["cluster"]));
        await Eventually.Matches(
            () => Server.Get($"/cluster/{cluster}/hosts"), members => members.Names.Contains($"{host.Address}"), "the cluster lists it");

        Assert.Equal(fixture.Lab.PrivateKeyBase64, (await Server.Get($"/host/{host.Address}/creds"))["ssh_priv_key"]);
        await Server.KillAndStart();
        Assert.Contains("credentials-read", await fixture.History(host));
        Assert.Equal(fixture.Lab.PrivateKeyBase64, (await Server.Get($"/host/{host.Address}/creds"))["ssh_priv_key"]);

        (await Server.Delete($"/host/{host.Address}")).Ok();
        await Server.KillAndStart();
        Assert.Equal(404, (await Server.Get($"/host/{host.Address}")).Code);
        Assert.DoesNotContain($"{host.Address}\"", (await Server.Get("/hosts")).Body, StringComparison.Ordinal);
        await Eventually.Matches(
            () => Server.Get($"/cluster/{cluster}/hosts"), members => members.Names.Count == 0, "the cluster has no members");
    }

    [Fact]
    public async Task Members_are_those_that_were_added_removed_and_replaced()
    {
        var cluster = await fixture.AddManagedCluster();
        LabHost[] hosts = [await fixture.AddHost(LabOs.Atomic), await fixture.AddHost(LabOs.Atomic)];
        foreach (var host in hosts)
        {
            await fixture.Register(host);
        }

        foreach (var host in hosts)
        {
            await fixture.WaitFor(host, "disassociated");
        }

        var (first, second) = ($"{hosts[0].Address}", $"{hosts[1].Address}");
        await Agrees(Server.Put($"/cluster/{cluster}/hosts/{first}"), first);
        await fixture.WaitFor(hosts[0], "active");
        await Agrees(Server.Put($"/cluster/{cluster}/hosts", new { old = new[] { first }, @new = new[] { first, second } }), first, second);
        await fixture.WaitFor(hosts[1], "active");
        await Agrees(Server.Put($"/cluster/{cluster}/hosts", new { old = new[] { first, second }, @new = new[] { second } }), second);
        await fixture.WaitFor(hosts[0], "disassociated");
        await Agrees(Server.Delete($"/cluster/{cluster}/hosts/{second}"));
        await fixture.WaitFor(hosts[1], "disassociated");

        async Task Agrees(Task<Reply> write, params string[] members)
        {
            (await write).Ok();
            await Server.KillAndStart();
            Assert.Equal(members.Order(StringComparer.Ordinal), (await Server.Get($"/cluster/{cluster}/hosts")).Names);
            foreach (var host in hosts)
            {
                var expected = members.Contains($"{host.Address}") ? cluster : "";
                Assert.Equal(expected, (await Server.Get($"/host/{host.Address}"))["cluster"]);
            }
        }
    }
}
