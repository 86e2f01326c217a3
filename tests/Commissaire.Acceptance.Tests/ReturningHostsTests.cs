using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Hosts that return from a reboot late, in stages, with another key, or never.</summary>
public sealed class ReturningHostsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task A_host_that_goes_down_late_and_returns_late_is_waited_for()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        host.NextReboot = new Reboot { Away = TimeSpan.FromSeconds(4) };
        using var shutdown = host.HoldShutdown();

        await fleet.Start("restart");
        await fleet.WaitForStep(host, "wait-for-reboot");
        shutdown.Dispose();
        var over = await fleet.WaitForEnd();

        Assert.Equal("finished", over["status"]);
        Assert.Equal(2, fleet.Hosts[0].Boots);
        Assert.Equal(1, ServerFixture.Commands(fleet.Hosts[0]).Count(command => command == "systemctl reboot"));
        Assert.DoesNotContain("failed", await fixture.History(fleet.Hosts[0]));
    }

    [Fact]
    public async Task A_host_that_resets_connections_and_lets_nobody_in_for_a_while_is_waited_for()
    {
        var fleet = await Fleet.Create(fixture, 1, user: "core");
        var host = fleet.Hosts[0];
        host.NextReboot = new Reboot { Resets = 2 };
        using var logins = host.HoldLogins();

        await fleet.Start("restart");
        await Eventually.True(
            () => host.SshdLog.Contains("Access denied for user core", StringComparison.Ordinal), "the login is rejected");
        logins.Dispose();
        var over = await fleet.WaitForEnd();

        Assert.Equal("finished", over["status"]);
        Assert.Equal(2, fleet.Hosts[0].Boots);
        Assert.DoesNotContain("failed", await fixture.History(fleet.Hosts[0]));
    }

    [Fact]
    public async Task A_host_that_accepts_connections_and_says_nothing_is_waited_for()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];

        await fleet.Start("restart");
        await host.WaitForBoot(2);
        await host.Freeze();
        await Eventually.Matches(() => fleet.TurnHistory(host),
            said => said.Any(what => what.StartsWith("finished reboot", StringComparison.Ordinal)), "the reboot is noted");
        await host.Thaw();

        Assert.Equal("finished", (await fleet.WaitForEnd())["status"]);
        Assert.Equal(2, host.Boots);
    }

    [Fact]
    public async Task A_host_that_never_returns_fails_in_its_time_and_can_be_tried_again_when_it_has()
    {
        var fleet = await Fleet.Create(fixture, 3);
        var host = fleet.Hosts[0];
        host.NextReboot = new Reboot { Returns = false };

        var failed = await fleet.Run("restart", new { timeout = 60 });
        await host.Start();
        await fixture.WaitFor(host, "disassociated");
        var node = await fleet.NodeStatus(host);
        Assert.Equal("in_process", (await fleet.Post("retry"))["status"]);
        var over = await fleet.WaitForEnd();

        Assert.Equal(("failed", "1 of 3 hosts failed; 2 never began"), (failed["status"], failed["reason"]));
        Assert.Equal(Fleet.AddressesOf(host), Fleet.List(failed, "failed"));
        var (outcome, step, reason) = Fleet.Result(failed, host);
        Assert.Equal(("failed", "wait-for-reboot"), (outcome, step));
        Assert.StartsWith(
            $"not done within 60 s; last: cannot connect to {host.Address} port {host.Port}: ", reason, StringComparison.Ordinal);
        Assert.EndsWith("; its node was left cordoned", reason, StringComparison.Ordinal);
        Assert.Equal("cordoned", node);

        Assert.Equal(("finished", "3 of 3 hosts done"), (over["status"], over["reason"]));
        Assert.Equal(fleet.Addresses, Fleet.List(over, "restarted"));
        Assert.Equal([2, 2, 2], fleet.Hosts.Select(each => each.Boots));
        Assert.Equal("ok", await fleet.NodeStatus(host));
    }

    [Fact]
    public async Task A_host_that_returns_with_another_key_fails_in_its_time_naming_both_and_is_told_nothing()
    {
        var fleet = await Fleet.Create(fixture, 2);
        var host = fleet.Hosts[0];
        var trusted = host.HostKey.Fingerprint;
        host.NextReboot = new Reboot { ChangesHostKey = true };

        var failed = await fleet.Run("restart", new { timeout = 20 });
        var (told, offered) = (ServerFixture.Commands(host), host.HostKey.Fingerprint);
        var reason = Fleet.Result(failed, host).Reason;
        var seen = await fixture.WaitFor(host, "failed");
        (await Server.Put($"/host/{host.Address}/hostkey", new { fingerprint = offered })).Ok();
        await fixture.WaitFor(host, seen => seen["status"] == "disassociated"
            && seen["reason"].Contains("cordoned", StringComparison.Ordinal), "disassociated and cordoned");
        await fleet.Post("retry");
        var over = await fleet.WaitForEnd();

        Assert.Equal(("failed", "wait-for-reboot"), (failed["status"], Fleet.Result(failed, host).Step));
        Assert.Contains(trusted, reason, StringComparison.Ordinal);
        Assert.Contains(offered, reason, StringComparison.Ordinal);
        Assert.Equal($"ssh-ed25519 {offered}", seen["offered_host_key"]);
        Assert.Equal("systemctl reboot", told[^1]);
        Assert.Equal("finished", over["status"]);
        Assert.Equal([3, 2], fleet.Hosts.Select(each => each.Boots));
        Assert.Equal("ok", await fleet.NodeStatus(host));
    }

    [Fact]
    public async Task A_host_that_falls_back_to_the_version_it_had_fails_saying_so()
    {
        var fleet = await Fleet.Create(fixture, 2);
        var (host, before) = (fleet.Hosts[0], fleet.Hosts[0].Version);
        host.NextReboot = new Reboot { FallsBack = true };

        var over = await fleet.Run("deploy", new { version = "43.1", reboot = "always" });

        Assert.Equal(("failed", "1 of 2 hosts failed; 1 never began"), (over["status"], over["reason"]));
        var (outcome, step, reason) = Fleet.Result(over, host);
        Assert.Equal(("failed", "booted-version"), (outcome, step));
        Assert.Matches(
            $@"^the host booted version {before} \(commit \w+\), not version 43\.1 \(commit \w+\); its node was left cordoned$", reason);
        Assert.Equal([2, 1], fleet.Hosts.Select(each => each.Boots));
        await fixture.WaitFor(host, "disassociated");
    }
}
