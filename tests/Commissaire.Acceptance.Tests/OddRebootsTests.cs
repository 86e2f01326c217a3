using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Reboots that are refused, that hang, that happen at another time, or whose boot takes long after sshd answers.</summary>
public sealed class OddRebootsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Inhibited =
        "Operation inhibited by \"backup\" (PID 7 \"systemd-inhibit\", user root), reason is \"nightly\".";

    [Fact]
    public async Task A_host_that_goes_down_before_it_answers_is_waited_for()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        using var away = host.HoldReboot();

        // The second command on one connection is that of the reboot. Its login shell never comes to the command.
        host.OnLogin("""
            if [ ! -e /tmp/gone ] && [ "$(cat /tmp/connection 2> /dev/null)" = "$PPID" ]; then touch /tmp/gone; reboot; sleep 600; fi
            echo "$PPID" > /tmp/connection
            """);
        await fleet.Start("restart", new { drain = false });
        await fleet.WaitForStep(host, "wait-for-reboot");
        away.Dispose();

        Assert.Equal("finished", (await fleet.WaitForEnd())["status"]);
        Assert.Equal(2, host.Boots);
    }

    [Fact]
    public async Task A_host_whose_boot_has_not_finished_is_waited_for()
    {
        var fleet = await Fleet.Create(fixture, 2);
        var host = fleet.Hosts[0];
        host.Script("systemctl", new Behaviour { When = "is-system-running", Output = "starting\n", ExitCode = 1 });
        host.Script("systemctl", new Behaviour { When = "is-active docker", Output = "activating\n", ExitCode = 3 });

        await fleet.Start("restart");
        await fleet.WaitFor(
            seen => Fleet.Result(seen, host).Reason.Contains("its boot has not finished: systemd is 'starting'", StringComparison.Ordinal),
            "the run says what it waits for");
        Assert.Equal([2, 1], fleet.Hosts.Select(each => each.Boots));

        host.Unscript("systemctl");
        Assert.Equal("finished", (await fleet.WaitForEnd())["status"]);
        Assert.Equal([2, 2], fleet.Hosts.Select(each => each.Boots));
    }

    [Fact]
    public async Task A_degraded_host_is_back_and_the_history_names_the_failed_units()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        host.Script("systemctl", new Behaviour { When = "is-system-running", Output = "degraded\n", ExitCode = 1 });
        host.Script("systemctl", new Behaviour { When = "list-units --failed*", Output = "smartd.service loaded failed failed SMART\n" });

        Assert.Equal("finished", (await fleet.Run("restart"))["status"]);
        var history = await fixture.Server.Read($"/host/{host.Address}/history");
        Assert.Contains("systemd is degraded; failed: smartd.service", $"{history.Json}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_refuses_to_reboot_names_the_holder_and_is_schedulable_again()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        host.Script("systemctl", new Behaviour { When = "reboot", Error = Inhibited + "\nPlease retry operation.\n", ExitCode = 1 });

        var over = await fleet.Run("restart", new { timeout = 20 });

        var (outcome, step, reason) = Fleet.Result(over, host);
        Assert.Equal(("failed", "wait-for-reboot"), (outcome, step));
        Assert.Contains($"it refused to reboot: {Inhibited}", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("left cordoned", reason, StringComparison.Ordinal);
        Assert.Equal("ok", await fleet.NodeStatus(host));
        Assert.DoesNotContain("failed", await fixture.History(host));
        Assert.Equal(1, host.Boots);
    }

    [Fact]
    public async Task A_host_that_stops_refusing_is_rebooted_in_the_same_turn()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        host.Script("systemctl", new Behaviour { When = "reboot", Error = Inhibited + "\n", ExitCode = 1 });

        await fleet.Start("restart");
        await fleet.WaitFor(
            seen => Fleet.Result(seen, host).Reason.Contains("it refused to reboot", StringComparison.Ordinal), "the refusal is shown");
        host.Unscript("systemctl");

        Assert.Equal("finished", (await fleet.WaitForEnd())["status"]);
        Assert.Equal(2, host.Boots);
    }

    [Fact]
    public async Task A_reboot_command_that_hangs_is_given_up_and_repeated()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        host.Script("systemctl", new Behaviour { When = "reboot", Hangs = true, Times = 1 });

        Assert.Equal("finished", (await fleet.Run("restart"))["status"]);
        Assert.Equal(2, host.Boots);
        Assert.Equal(2, ServerFixture.Commands(host).Count(command => command == "systemctl reboot"));
    }

    [Fact]
    public async Task A_host_that_came_back_after_its_turn_failed_is_not_rebooted_by_the_retry()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        host.NextReboot = new Reboot { Returns = false };
        Assert.Equal("failed", (await fleet.Run("restart", new { timeout = 20 }))["status"]);

        await host.Start();
        await fixture.WaitFor(host, "disassociated");
        await fleet.Post("retry");

        Assert.Equal("finished", (await fleet.WaitForEnd())["status"]);
        Assert.Equal(2, host.Boots);
        Assert.Equal("ok", await fleet.NodeStatus(host));
        Assert.Contains("turn-already-rebooted", await fixture.History(host));
    }

    [Fact]
    public async Task Looking_for_a_host_uses_no_sudo()
    {
        var fleet = await Fleet.Create(fixture, 1, user: "core");
        Assert.Equal("finished", (await fleet.Run("restart"))["status"]);
        var looks = fleet.Hosts[0].Commands.Where(command => command.ToString() == "systemctl is-system-running").ToList();
        Assert.NotEmpty(looks);
        Assert.All(looks, look => Assert.Equal("core", look.User));
    }
}
