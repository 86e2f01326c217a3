using System.Net;
using System.Net.Sockets;

namespace Commissaire.Acceptance.Tests;

/// <summary>
/// Hosts that accept connections and do not answer, as after the loss of a network. They occupy all background connection attempts.
/// </summary>
public sealed class SilentHostsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const int Silent = 500;

    [Fact]
    public async Task They_hold_up_neither_a_run_nor_what_is_known_of_others()
    {
        var fleet = await Fleet.Create(fixture, 1);
        using var silent = new TcpListener(IPAddress.Any, 0);
        silent.Start(2 * Silent);
        await Parallel.ForEachAsync(Enumerable.Range(0, Silent), async (number, _) => (await fixture.Server.Put(
            $"/host/127.88.{number / 250}.{1 + (number % 250)}",
                new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, port = ((IPEndPoint)silent.LocalEndpoint).Port })).Ok());

        var over = await fleet.Run("restart");

        Assert.Equal(("finished", ""), (over["status"], Fleet.Result(over, fleet.Hosts[0]).Reason));
        Assert.Equal(2, fleet.Hosts[0].Boots);
        Assert.Equal("active", (await fixture.Server.Get($"/host/{fleet.Addresses[0]}")).Ok()["status"]);
        Assert.DoesNotContain("failed", await fixture.History(fleet.Hosts[0]));
        var silentHosts = (await fixture.Server.Get("/hosts")).Ok().Json.EnumerateArray().Where(
            host => $"{host.GetProperty("address")}".StartsWith("127.88.", StringComparison.Ordinal));
        Assert.Contains(silentHosts, host => $"{host.GetProperty("status")}" == "investigating");
    }
}
