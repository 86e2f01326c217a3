using System.Net.Sockets;
using Commissaire.Lab;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

public sealed class WatchingTests(Site site) : IClassFixture<Site>
{
    [Fact]
    public async Task A_host_that_stops_fails_and_one_that_returns_is_what_it_was()
    {
        var host = await Active();
        var before = await site.History(host);

        await host.Stop();
        var failed = await site.Becomes(host, "failed");
        await host.Start();
        await site.Becomes(host, "active");

        Assert.StartsWith($"health check: cannot be reached at {host.Address} port {host.Port}: ", failed["reason"], StringComparison.Ordinal);
        await Eventually.Sees(() => site.Server.Get($"/host/{host.Address}"), seen => seen["boot_id"] == host.BootId, "the new boot is known");
        Assert.Equal([.. before, "failed", "recovered", "rebooted"], await site.History(host));
    }

    [Fact]
    public async Task Checks_of_a_healthy_host_are_seen_in_the_time_and_not_in_the_history()
    {
        var host = await Active();
        var before = await site.History(host);
        var seen = (await site.Server.Get($"/host/{host.Address}"))["last_check"];

        for (var checks = 0; checks < 3; checks++)
        {
            seen = (await site.Becomes(host, now => now["last_check"] != seen, "checked again"))["last_check"];
        }

        Assert.Equal(before, await site.History(host));
    }

    [Fact]
    public async Task A_host_that_stays_away_fails_once_in_the_history()
    {
        var host = await Active();
        var before = await site.History(host);

        await host.Stop();
        await site.Becomes(host, "failed");
        using (var listener = new TcpListener(host.Address, host.Port))
        {
            listener.Start();
            for (var attempts = 0; attempts < 3; attempts++)
            {
                using var attempt = await listener.AcceptSocketAsync().WaitAsync(WaitLimit.Value);
            }
        }

        Assert.Equal([.. before, "failed"], (await site.History(host)).Take(before.Count + 1));
        Assert.DoesNotContain("recovered", await site.History(host));
    }

    [Fact]
    public async Task A_boot_behind_our_back_is_noted()
    {
        var host = await Active();
        var before = host.BootId;

        await host.Stop();
        await host.Start();
        await site.Becomes(host, seen => seen["status"] == "active" && seen["boot_id"] == host.BootId, "active in its new boot");

        Assert.NotEqual(before, host.BootId);
        Assert.Single(await site.History(host), happened => happened == "rebooted");
    }

    [Fact]
    public async Task A_changed_host_key_stops_us_until_it_is_accepted_and_the_host_is_bootstrapped_anew()
    {
        var host = await Active();
        var told = Site.Told(host);
        var trusted = host.HostKey.Fingerprint;

        await host.ChangeHostKey();
        var failed = await site.Becomes(host, "failed");

        var offered = host.HostKey.Fingerprint;
        Assert.Contains(trusted, failed["reason"], StringComparison.Ordinal);
        Assert.Contains(offered, failed["reason"], StringComparison.Ordinal);
        Assert.Equal($"ssh-ed25519 {offered}", failed["offered_host_key"]);
        Assert.Equal(told, Site.Told(host));
        Assert.Equal(409, (await site.Server.Put($"/host/{host.Address}/hostkey", new { fingerprint = "SHA256:" + new string('A', 43) })).Code);

        Assert.Equal(201, (await site.Server.Put($"/host/{host.Address}/hostkey", new { fingerprint = offered })).Code);
        var active = await site.Becomes(host, "active");

        Assert.Equal($"ssh-ed25519 {offered}", active["host_key"]);
        Assert.Equal([.. told, .. told], Site.Told(host));
        var history = await site.History(host);
        Assert.Contains("host-key-accepted", history);
        Assert.Equal(2, history.Count(happened => happened == "bootstrapped"));
        Assert.Equal(2, history.Count(happened => happened == "investigated"));
    }

    private async Task<LabHost> Active()
    {
        var host = await site.Host();
        await site.Register(host, await site.ManagedCluster());
        await site.Becomes(host, "active");
        return host;
    }
}
