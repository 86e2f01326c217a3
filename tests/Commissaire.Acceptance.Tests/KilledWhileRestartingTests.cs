using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>SIGKILL in every step of a restart. The hosts count their reboots.</summary>
public sealed class KilledWhileRestartingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task A_kill_while_a_step_is_under_way_neither_skips_nor_repeats_another()
    {
        var fleet = await Fleet.Create(fixture, 2, drainSeconds: 30, "core");
        var (first, second) = (fleet.Hosts[0], fleet.Hosts[1]);
        first.Script("systemctl", new Behaviour { When = "reboot", Times = 1, Hangs = true });
        using var down = first.HoldReboot();
        using var shutdown = second.HoldShutdown();

        await first.Freeze();
        await fleet.Start("restart");
        await KillIn(fleet, first, "preflight", () => Server.Kill());
        await first.Thaw();
        await Server.Start();
        await KillIn(fleet, first, "drain");
        await Eventually.True(() => ServerFixture.Commands(first).Contains("systemctl reboot"), "it is told to reboot");
        await KillIn(fleet, first, "reboot");
        await KillIn(fleet, first, "wait-for-reboot");
        down.Dispose();
        await KillIn(fleet, second, "drain");
        await KillIn(fleet, second, "wait-for-reboot");
        shutdown.Dispose();
        var over = await fleet.WaitForEnd();

        await RestartedOnce.Assert(fleet, over);
        Assert.Equal(2, ServerFixture.Commands(first).Count(command => command == "systemctl reboot"));
        Assert.Equal(1, ServerFixture.Commands(second).Count(command => command == "systemctl reboot"));
    }

    private async Task KillIn(Fleet fleet, LabHost host, string step, Func<Task>? kill = null)
    {
        await Eventually.Matches(() => fleet.TurnHistory(host), said => said is [.., var last]
            && last.Split(" in boot ")[0] == $"started {step}", $"{host.Address} started {step}");
        await (kill is null ? Server.KillAndStart() : kill());
    }
}
