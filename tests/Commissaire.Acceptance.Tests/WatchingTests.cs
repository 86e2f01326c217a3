using System.Net.Sockets;
using Commissaire.Lab;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

public sealed class WatchingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_host_that_stops_fails_and_one_that_returns_is_what_it_was()
    {
        var host = await Active();
        var before = await fixture.History(host);

        await host.Stop();
        var failed = await fixture.WaitFor(host, "failed");
        await host.Start();
        await fixture.WaitFor(host, "active");

        Assert.StartsWith(
            $"health check: cannot connect to {host.Address} port {host.Port}: ", failed["reason"], StringComparison.Ordinal);
        await Eventually.Matches(
            () => fixture.Server.Get($"/host/{host.Address}"), seen => seen["boot_id"] == host.BootId, "the new boot is known");
        Assert.Equal([.. before, "failed", "recovered", "rebooted"], await fixture.History(host));
    }

    [Fact]
    public async Task Checks_of_a_healthy_host_are_seen_in_the_time_and_not_in_the_history()
    {
        var host = await Active();
        var before = await fixture.History(host);
        var seen = (await fixture.Server.Get($"/host/{host.Address}"))["last_check"];

        for (var checks = 0; checks < 3; checks++)
        {
            seen = (await fixture.WaitFor(host, now => now["last_check"] != seen, "checked again"))["last_check"];
        }

        Assert.Equal(before, await fixture.History(host));
    }

    [Fact]
    public async Task A_host_that_stays_away_fails_once_in_the_history()
    {
        var host = await Active();
        var before = await fixture.History(host);

        await host.Stop();
        await fixture.WaitFor(host, "failed");
        using (var listener = new TcpListener(host.Address, host.Port))
        {
            listener.Start();
            for (var attempts = 0; attempts < 3; attempts++)
            {
                using var attempt = await listener.AcceptSocketAsync().WaitAsync(WaitLimit.Value);
            }
        }

        Assert.Equal([.. before, "failed"], (await fixture.History(host)).Take(before.Count + 1));
        Assert.DoesNotContain("recovered", await fixture.History(host));
    }

    [Fact]
    public async Task A_boot_behind_our_back_is_noted()
    {
        var host = await Active();
        var before = host.BootId;

        await host.Stop();
        await host.Start();
        await fixture.WaitFor(host, seen => seen["status"] == "active" && seen["boot_id"] == host.BootId, "active in its new boot");

        Assert.NotEqual(before, host.BootId);
        Assert.Single(await fixture.History(host), name => name == "rebooted");
    }

    [Fact]
    public async Task A_changed_host_key_stops_us_until_it_is_accepted_and_the_host_is_bootstrapped_anew()
    {
        var host = await Active();
        var told = ServerFixture.Commands(host);
        var trusted = host.HostKey.Fingerprint;

        await host.ChangeHostKey();
        var failed = await fixture.WaitFor(host, "failed");

        var offered = host.HostKey.Fingerprint;
        Assert.Contains(trusted, failed["reason"], StringComparison.Ordinal);
        Assert.Contains(offered, failed["reason"], StringComparison.Ordinal);
        Assert.Equal($"ssh-ed25519 {offered}", failed["offered_host_key"]);
        Assert.Equal(told, ServerFixture.Commands(host));
        Assert.Equal(
            409, (await fixture.Server.Put($"/host/{host.Address}/hostkey", new { fingerprint = "SHA256:" + new string('A', 43) })).Code);

        Assert.Equal(201, (await fixture.Server.Put($"/host/{host.Address}/hostkey", new { fingerprint = offered })).Code);
        var active = await fixture.WaitFor(host, "active");

        Assert.Equal($"ssh-ed25519 {offered}", active["host_key"]);
        Assert.Equal([.. told, .. told], ServerFixture.Commands(host));
        var history = await fixture.History(host);
        Assert.Contains("host-key-accepted", history);
        Assert.Equal(2, history.Count(name => name == "bootstrapped"));
        Assert.Equal(2, history.Count(name => name == "investigated"));
    }

    private async Task<LabHost> Active()
    {
        var host = await fixture.AddHost();
        await fixture.Register(host, await fixture.AddManagedCluster());
        await fixture.WaitFor(host, "active");
        return host;
    }
}
