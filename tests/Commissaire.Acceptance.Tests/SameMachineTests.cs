using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>One machine that is registered under two addresses.</summary>
public sealed class SameMachineTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task Both_records_name_the_other_and_a_run_reboots_the_machine_once()
    {
        var cluster = await fixture.AddCluster();
        var (host, alone) = (await fixture.Lab.AddHost(new LabHostOptions { Os = LabOs.Atomic }),
            await fixture.Lab.AddHost(new LabHostOptions { Os = LabOs.Atomic }));
        var relay = fixture.Lab.AddImpostor(new Hostility.StallsAfter(host, long.MaxValue));
        foreach (var (address, port) in new[] { (host.Address, host.Port), (alone.Address, alone.Port), (relay.Address, relay.Port) })
        {
            (await Server.Put($"/host/{address}", new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, port, cluster })).Ok();
            await Eventually.Matches(
                () => Server.Get($"/host/{address}"), seen => seen["status"] == "disassociated", $"{address} is ready");
        }

        string[] both = [$"{host.Address}", $"{relay.Address}"];
        Assert.Equal([both[1]], Others(await Server.Get($"/host/{both[0]}")));
        Assert.Equal([both[0]], Others(await Server.Get($"/host/{both[1]}")));
        Assert.False((await Server.Get($"/host/{alone.Address}")).Json.TryGetProperty("same_machine", out _));
        Assert.Equal(
            both.Order(StringComparer.Ordinal),
            (await Server.Get("/hosts")).Json.EnumerateArray().Where(entry => entry.TryGetProperty("same_machine", out _))
                .Select(entry => $"{entry.GetProperty("address")}"));

        var fleet = Fleet.Existing(fixture, cluster, [host, alone]);
        var over = await fleet.Run("restart");

        Assert.Equal(("finished", "2 of 3 hosts done, 1 skipped"), (over["status"], over["reason"]));
        Assert.Equal((2, 2), (host.Boots, alone.Boots));
        var skipped = Assert.Single(Fleet.List(over, "skipped"));
        Assert.Contains(skipped, both);
    }

    private static IEnumerable<string> Others(Reply host) =>
        host.Json.GetProperty("same_machine").EnumerateArray().Select(address => $"{address}");
}
