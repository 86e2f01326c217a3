using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Hosts that are registered, and runs that are watched, with commctl.</summary>
public sealed class CommctlRunsTests(Site site) : IClassFixture<Site>
{
    private readonly Commctl commctl = new(site.Server);

    [Fact]
    public async Task A_host_is_registered_into_a_cluster_and_watched()
    {
        var host = await site.Host(LabOs.Atomic);
        (await commctl.Line("container_manager create --type trivial waited")).Ok();
        var cluster = (await commctl.Line("cluster create -c waited waited")).Ok();
        Assert.Equal("container_manager: waited\nname: waited\nnetwork: default\nstatus: ok\n", cluster.Output);

        var ran = await commctl.Run(
            "host", "create", "--wait", "--cluster", "waited", "--remote-user", "core", "--port", $"{host.Port}",
            "--host-key", host.HostKey.PublicKey, $"{host.Address}", site.Lab.PrivateKeyPath);

        Assert.Contains("\nstatus: active\n", ran.Ok().Output, StringComparison.Ordinal);
        Assert.Contains($"{host.Address} is investigating: ", ran.Error, StringComparison.Ordinal);
        Assert.Equal($"- {host.Address}\n", (await commctl.Line("host list waited")).Ok().Output);
        var history = (await commctl.Line($"host history {host.Address} -o table")).Ok();
        Assert.Contains("registered as user 'core'", history.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_exit_status_tells_a_ready_host_from_a_failed_host()
    {
        var (up, down) = (await site.Host(LabOs.Atomic), await site.Host(LabOs.Atomic));
        await down.Stop();

        var ready = await commctl.Run("host", "create", "--wait", "--port", $"{up.Port}", $"{up.Address}", site.Lab.PrivateKeyPath);
        var failed = await commctl.Run("host", "create", "--wait", "--port", $"{down.Port}", $"{down.Address}", site.Lab.PrivateKeyPath);

        Assert.Contains("\nstatus: disassociated\n", ready.Ok().Output, StringComparison.Ordinal);
        Assert.Equal(3, failed.Code);
        Assert.Contains("\nstatus: failed\n", failed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_successful_restart_exits_0_and_shows_each_step()
    {
        var fleet = await Fleet.Of(site, 2);

        var ran = await commctl.Line($"cluster restart start --wait {fleet.Name}");

        Assert.Contains("\nstatus: finished\n", ran.Ok().Output, StringComparison.Ordinal);
        Assert.All(fleet.Addresses, address => Assert.Contains($"Z {address} began reboot", ran.Error, StringComparison.Ordinal));
        Assert.Contains($"{fleet.Name}/1 2 of 2 hosts done", ran.Error, StringComparison.Ordinal);
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
        Assert.Equal(0, (await commctl.Line($"cluster restart status --watch {fleet.Name}")).Code);
    }

    [Fact]
    public async Task A_failed_restart_exits_3_and_can_be_retried()
    {
        var fleet = await Fleet.Of(site, 1);
        fleet.Hosts[0].Script("systemctl", new Behaviour { When = "reboot", ExitCode = 1, Error = "no\n" });

        var failed = await commctl.Line($"cluster restart start --timeout 5s --wait {fleet.Name}");
        var watched = await commctl.Line($"cluster restart status -w {fleet.Name}");
        fleet.Hosts[0].Unscript("systemctl");
        await site.Becomes(fleet.Hosts[0], host => host["status"] != "failed", "no longer failed");
        var retried = await commctl.Line($"cluster restart retry --wait {fleet.Name}");

        Assert.All((Commctl.Ran[])[failed, watched], ran =>
        {
            Assert.Equal(3, ran.Code);
            Assert.Contains("\nstatus: failed\n", ran.Output, StringComparison.Ordinal);
        });
        Assert.Contains("\nstatus: finished\n", retried.Ok().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_watched_while_the_server_restarts()
    {
        var fleet = await Fleet.Of(site, 2);
        using var away = fleet.Hosts[0].KeepAway();

        using var watching = commctl.Start("cluster", "restart", "start", "--wait", fleet.Name);
        await Eventually.Sees(() => site.Server.Get($"{fleet.Path}/operations/1"), seen => seen.Code == 200, "the run has begun");
        await fleet.Reaches(fleet.Hosts[0], "wait-for-reboot");
        await site.Server.KillAndStart();
        away.Dispose();
        var ran = await watching.End();

        Assert.Contains("\nstatus: finished\n", ran.Ok().Output, StringComparison.Ordinal);
        Assert.Contains("commctl: Lost the connection to the server. Reconnecting.\n", ran.Error, StringComparison.Ordinal);
        Assert.Contains("commctl: Reconnected to the server.\n", ran.Error, StringComparison.Ordinal);
        Assert.Equal(1, ran.Error.Split($"Z {fleet.Addresses[1]} began reboot").Length - 1);
    }

    [Fact]
    public async Task An_interrupted_watch_says_that_the_run_continues()
    {
        var fleet = await Fleet.Of(site, 1);
        using var away = fleet.Hosts[0].KeepAway();

        using var watching = commctl.Start("cluster", "restart", "start", "--wait", fleet.Name);
        await Eventually.Sees(() => site.Server.Get($"{fleet.Path}/operations/1"), seen => seen.Code == 200, "the run has begun");
        await fleet.Reaches(fleet.Hosts[0], "wait-for-reboot");
        await watching.Signal("INT");
        var ran = await watching.End();
        away.Dispose();

        Assert.Equal((130, ""), (ran.Code, ran.Output));
        Assert.Contains(
            $"commctl: Run 1 of cluster '{fleet.Name}' continues. To watch it, run: commctl cluster restart status --watch {fleet.Name}\n",
            ran.Error, StringComparison.Ordinal);
        Assert.Equal("finished", (await fleet.Over())["status"]);
    }

    [Fact]
    public async Task A_terminal_shows_a_live_view_of_the_run()
    {
        var fleet = await Fleet.Of(site, 2);
        fleet.Hosts[0].NextReboot = new Reboot { Away = TimeSpan.FromSeconds(2) };

        var ran = (await commctl.InTerminal($"cluster restart start --wait {fleet.Name}")).Ok();

        string[] parts = ["HOST", "STATE", "STEP", "in_process", "wait-for-reboot", "waiting", "succeeded", .. fleet.Addresses];
        Assert.All(parts, part => Assert.Contains(part, ran.Output, StringComparison.Ordinal));
        Assert.Contains("1 of 2 hosts done", ran.Output, StringComparison.Ordinal);
        Assert.Contains("2 of 2 hosts done", ran.Output, StringComparison.Ordinal);
        // The view is redrawn in place: the cursor moves up.
        Assert.Matches("\u001b\\[\\d+A", ran.Output);
        Assert.True(ran.Output.Split("HOST").Length > 3, ran.Output);
        Assert.Matches(@"status\s+finished", ran.Output);
    }

    [Fact]
    public async Task A_run_is_paused_resumed_and_cancelled()
    {
        var fleet = await Fleet.Of(site, 3);
        using var away = fleet.Hosts[0].KeepAway();

        (await commctl.Line($"cluster restart start {fleet.Name}")).Ok();
        (await commctl.Line($"cluster restart pause {fleet.Name}")).Ok();
        var held = await commctl.Line($"cluster upgrade start {fleet.Name}");
        (await commctl.Line($"cluster restart resume {fleet.Name}")).Ok();
        using var cancelling = commctl.Start("cluster", "restart", "cancel", "--wait", fleet.Name);
        await fleet.Becomes(seen => seen["reason"].StartsWith("cancelled", StringComparison.Ordinal), "the run is cancelled");
        away.Dispose();
        var cancelled = await cancelling.End();

        Assert.Equal((2, ""), (held.Code, held.Output));
        Assert.Contains($"Cluster '{fleet.Name}' is held by run 1 (restart).", held.Error, StringComparison.Ordinal);
        Assert.Equal(3, cancelled.Code);
        Assert.Equal(1, fleet.Hosts[2].Boots);
    }
}
