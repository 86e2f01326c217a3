using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>commctl registers hosts and watches runs.</summary>
public sealed class CommctlRunsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly Commctl commctl = new(fixture.Server);

    [Fact]
    public async Task A_host_is_registered_into_a_cluster_and_watched()
    {
        var host = await fixture.AddHost(LabOs.Atomic);
        (await commctl.RunLine("container_manager create --type trivial waited")).Ok();
        Assert.Equal("container_manager: waited\nname: waited\nnetwork: default\nstatus: ok\n",
            (await commctl.RunLine("cluster create -c waited waited")).Ok().Output);

        var ran = await commctl.Run("host", "create", "--wait", "--cluster", "waited", "--remote-user", "core", "--port", $"{host.Port}",
            "--host-key", host.HostKey.PublicKey, $"{host.Address}", fixture.Lab.PrivateKeyPath);

        Assert.Contains("\nstatus: active\n", ran.Ok().Output, StringComparison.Ordinal);
        Assert.Contains($"{host.Address} is investigating: ", ran.Error, StringComparison.Ordinal);
        Assert.Equal($"- {host.Address}\n", (await commctl.RunLine("host list waited")).Ok().Output);
        Assert.Contains("registered as user 'core'", (await commctl.RunLine($"host history {host.Address} -o table")).Ok().Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_exit_status_tells_a_ready_host_from_a_failed_host()
    {
        var (well, down) = (await fixture.AddHost(LabOs.Atomic), await fixture.AddHost(LabOs.Atomic));
        await down.Stop();

        var ready = await commctl.Run("host", "create", "--wait", "--port", $"{well.Port}", $"{well.Address}", fixture.Lab.PrivateKeyPath);
        var failed = await commctl.Run("host", "create", "--wait", "--port", $"{down.Port}", $"{down.Address}", fixture.Lab.PrivateKeyPath);

        Assert.Contains("\nstatus: disassociated\n", ready.Ok().Output, StringComparison.Ordinal);
        Assert.Equal(3, failed.Code);
        Assert.Contains("\nstatus: failed\n", failed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_successful_restart_exits_0_and_shows_each_step()
    {
        var fleet = await Fleet.Create(fixture, 2);

        var ran = await commctl.RunLine($"cluster restart start --wait {fleet.Name}");

        Assert.Contains("\nstatus: finished\n", ran.Ok().Output, StringComparison.Ordinal);
        Assert.All(fleet.Addresses, address => Assert.Contains($"Z {address} started reboot", ran.Error, StringComparison.Ordinal));
        Assert.Contains($"{fleet.Name}/1 2 of 2 hosts done", ran.Error, StringComparison.Ordinal);
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
        Assert.Equal(0, (await commctl.RunLine($"cluster restart status --watch {fleet.Name}")).Code);
    }

    [Fact]
    public async Task A_failed_restart_exits_3_and_can_be_retried()
    {
        var fleet = await Fleet.Create(fixture, 1);
        fleet.Hosts[0].Script("systemctl", new Behaviour { When = "reboot", ExitCode = 1, Error = "no\n" });

        var failed = await commctl.RunLine($"cluster restart start --timeout 1m --wait {fleet.Name}");
        var watched = await commctl.RunLine($"cluster restart status -w {fleet.Name}");
        fleet.Hosts[0].Unscript("systemctl");
        await fixture.WaitFor(fleet.Hosts[0], host => host["status"] != "failed", "no longer failed");
        var retried = await commctl.RunLine($"cluster restart retry --wait {fleet.Name}");

        Assert.All((Commctl.Result[])[failed, watched], ran =>
        {
            Assert.Equal(3, ran.Code);
            Assert.Contains("\nstatus: failed\n", ran.Output, StringComparison.Ordinal);
        });
        Assert.Contains("\nstatus: finished\n", retried.Ok().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_watched_while_the_server_restarts()
    {
        var fleet = await Fleet.Create(fixture, 2);
        using var away = fleet.Hosts[0].HoldReboot();

        using var watching = commctl.Start("cluster", "restart", "start", "--wait", fleet.Name);
        await watching.WaitForError($"Z {fleet.Addresses[0]} started wait-for-reboot");
        await fixture.Server.KillAndStart();
        away.Dispose();
        var ran = await watching.End();

        Assert.Contains("\nstatus: finished\n", ran.Ok().Output, StringComparison.Ordinal);
        Assert.Contains("commctl: Lost the connection to the server. Reconnecting.\n", ran.Error, StringComparison.Ordinal);
        Assert.Contains("commctl: Reconnected to the server.\n", ran.Error, StringComparison.Ordinal);
        Assert.Equal(1, ran.Error.Split($"Z {fleet.Addresses[1]} started reboot").Length - 1);
    }

    [Fact]
    public async Task An_interrupted_watch_says_that_the_run_continues()
    {
        var fleet = await Fleet.Create(fixture, 1);
        using var away = fleet.Hosts[0].HoldReboot();

        using var watching = commctl.Start("cluster", "restart", "start", "--wait", fleet.Name);
        await watching.WaitForError($"Z {fleet.Addresses[0]} started wait-for-reboot");
        await watching.Signal("INT");
        var ran = await watching.End();
        away.Dispose();

        Assert.Equal((130, ""), (ran.Code, ran.Output));
        Assert.Contains(
            $"Run 1 of cluster '{fleet.Name}' continues. To watch it, run: commctl cluster restart status --watch {fleet.Name}\n",
            ran.Error, StringComparison.Ordinal);
        Assert.Equal("finished", (await fleet.WaitForEnd())["status"]);
    }

    [Fact]
    public async Task A_terminal_shows_a_live_view_of_the_run()
    {
        var fleet = await Fleet.Create(fixture, 2);
        using var first = fleet.Hosts[0].HoldReboot();
        using var second = fleet.Hosts[1].HoldReboot();

        using var watching = commctl.StartInTerminal($"cluster restart start --wait {fleet.Name}");
        await watching.WaitForOutput("wait-for-reboot");
        first.Dispose();
        await watching.WaitForOutput("1 of 2 hosts done");
        second.Dispose();
        var ran = (await watching.End()).Ok();

        foreach (var part in (string[])["HOST", "STATE", "STEP", "in_process", "wait-for-reboot", "waiting", "succeeded",
            "1 of 2 hosts done", "2 of 2 hosts done", .. fleet.Addresses])
        {
            Assert.Contains(part, ran.Output, StringComparison.Ordinal);
        }

        // The view is redrawn in place.
        Assert.Matches("\u001b\\[\\d+A", ran.Output);
        Assert.True(ran.Output.Split("HOST").Length > 3, ran.Output);
        Assert.Matches(@"status\s+finished", ran.Output);
    }

    [Fact]
    public async Task A_run_is_paused_resumed_and_cancelled()
    {
        var fleet = await Fleet.Create(fixture, 3);
        using var away = fleet.Hosts[0].HoldReboot();

        (await commctl.RunLine($"cluster restart start {fleet.Name}")).Ok();
        (await commctl.RunLine($"cluster restart pause {fleet.Name}")).Ok();
        var held = await commctl.RunLine($"cluster upgrade start {fleet.Name}");
        (await commctl.RunLine($"cluster restart resume {fleet.Name}")).Ok();
        using var cancelling = commctl.Start("cluster", "restart", "cancel", "--wait", fleet.Name);
        await fleet.WaitFor(seen => seen["reason"].StartsWith("cancelled", StringComparison.Ordinal), "the run is cancelled");
        away.Dispose();
        var cancelled = await cancelling.End();

        Assert.Equal((2, ""), (held.Code, held.Output));
        Assert.Contains($"Cluster '{fleet.Name}' is held by run 1 (restart).", held.Error, StringComparison.Ordinal);
        Assert.Equal(3, cancelled.Code);
        Assert.Equal(1, fleet.Hosts[2].Boots);
    }
}
