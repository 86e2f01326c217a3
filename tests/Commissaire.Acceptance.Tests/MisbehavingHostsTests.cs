using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Hosts whose commands fail, hang or take long.</summary>
public sealed class MisbehavingHostsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task A_command_that_hangs_fails_the_host_in_its_time_and_the_others_are_left_alone()
    {
        var fleet = await Fleet.Create(fixture, Enumerable.Repeat(new LabHostOptions { Os = LabOs.Fedora }, 3));
        var host = fleet.Hosts[0];
        host.Script("dnf", new Behaviour { When = "update*", Hangs = true });

        var over = await fleet.Run("upgrade", new { timeout = 20 });

        AssertOnlyTheFirstFailed(fleet, over, "upgrade", "not done within 20 s; its node was left cordoned");
        Assert.All(fleet.Hosts.Skip(1), other => Assert.DoesNotContain("dnf update -y", ServerFixture.Commands(other)));
        Assert.Contains("dnf update -y", ServerFixture.Commands(host));
        Assert.Contains("failed", await fixture.History(host));
        await fixture.WaitFor(host, seen => seen["status"] == "disassociated"
            && seen["reason"].Contains("cordoned", StringComparison.Ordinal), "disassociated and cordoned");
        Assert.Equal("cordoned", await fleet.NodeStatus(host));
    }

    [Fact]
    public async Task A_command_that_fails_fails_the_host_with_what_it_printed()
    {
        var fleet = await Fleet.Create(fixture, 2);
        fleet.Hosts[0].Script("rpm-ostree",
            new Behaviour
            {
                When = "upgrade",
                ExitCode = 1,
                Output = "Receiving objects: 12%\n",
                Error = "error: no space left on device\n"
            });

        var over = await fleet.Run("upgrade", new { drain = false });

        AssertOnlyTheFirstFailed(fleet, over, "stage", "exit status 1: error: no space left on device");
        Assert.Equal(
            "Receiving objects: 12%\nerror: no space left on device", $"{Fleet.HostIn(over, fleet.Hosts[0]).GetProperty("output")}");
        await fixture.WaitFor(fleet.Hosts[0], "active");
        Assert.Equal("ok", await fleet.NodeStatus(fleet.Hosts[0]));
    }

    [Fact]
    public async Task A_host_that_refuses_connections_fails_and_the_others_are_left_alone()
    {
        var fleet = await Fleet.Create(fixture, 3);
        var host = fleet.Hosts[0];

        await host.Stop();
        var over = await fleet.Run("restart");

        AssertOnlyTheFirstFailed(
            fleet, over, "preflight", $"not done within 60 s; last: cannot connect to {host.Address} port {host.Port}: ");
        Assert.DoesNotContain("started cordon", await fleet.TurnHistory(host));
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_of_an_upgrade_has_it_begun_again()
    {
        var fleet = await Fleet.Create(fixture, [new LabHostOptions { Os = LabOs.Fedora }]);
        var host = fleet.Hosts[0];
        host.Script("dnf", new Behaviour { When = "update*", Times = 1, Hangs = true });

        await fleet.Start("upgrade");
        await Eventually.True(() => ServerFixture.Commands(host).Contains("dnf update -y"), "the host upgrades");
        await host.DropConnections();
        var over = await fleet.WaitForEnd();

        Assert.Equal("finished", over["status"]);
        Assert.Equal(fleet.Addresses, Fleet.List(over, "upgraded"));
        Assert.Equal(2, ServerFixture.Commands(host).Count(command => command == "dnf update -y"));
    }

    [Fact]
    public async Task A_transaction_that_is_still_going_on_is_waited_for()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        host.Script(
            "rpm-ostree", new Behaviour { When = "upgrade", Times = 2, ExitCode = 1, Error = "error: Transaction in progress: upgrade\n" });

        var over = await fleet.Run("upgrade");

        Assert.Equal("finished", over["status"]);
        Assert.Equal(3, ServerFixture.Commands(host).Count(command => command == "rpm-ostree upgrade"));
    }

    [Fact]
    public async Task A_host_that_cannot_be_drained_is_uncordoned_and_not_touched()
    {
        var fleet = await Fleet.Create(fixture, 2, drainSeconds: 60);

        var over = await fleet.Run("restart", new { drain_timeout = 10 });

        AssertOnlyTheFirstFailed(fleet, over, "drain", "not done within 10 s; last: draining takes 60 s (drain_seconds)");
        Assert.Equal("ok", await fleet.NodeStatus(fleet.Hosts[0]));
        Assert.Equal("active", (await Server.Get($"/host/{fleet.Hosts[0].Address}"))["status"]);
        Assert.DoesNotContain("failed", await fixture.History(fleet.Hosts[0]));
    }

    [Fact]
    public async Task A_host_that_cannot_be_drained_goes_on_by_force_when_that_was_asked_for()
    {
        var fleet = await Fleet.Create(fixture, 1, drainSeconds: 60);

        var over = await fleet.Run("restart", new { drain_timeout = 10, on_drain_timeout = "force" });

        Assert.Equal("finished", over["status"]);
        Assert.Equal(2, fleet.Hosts[0].Boots);
        Assert.Equal("ok", await fleet.NodeStatus(fleet.Hosts[0]));
    }

    [Fact]
    public async Task A_node_is_not_drained_when_that_was_not_asked_for()
    {
        var fleet = await Fleet.Create(fixture, 1, drainSeconds: 60);

        var over = await fleet.Run("restart", new { drain = false });

        Assert.Equal("finished", over["status"]);
        Assert.Equal("restart (run 1): preflight, reboot, wait-for-reboot, node-ready", (await fleet.TurnHistory(fleet.Hosts[0]))[0]);
    }

    private static void AssertOnlyTheFirstFailed(Fleet fleet, Reply over, string step, string reason)
    {
        var others = fleet.Hosts.Skip(1).ToList();
        Assert.Equal(("failed", $"1 of {fleet.Hosts.Count} hosts failed; {others.Count} never began"), (over["status"], over["reason"]));
        Assert.Equal(Fleet.AddressesOf(fleet.Hosts[0]), Fleet.List(over, "failed"));
        Assert.Equal(Fleet.AddressesOf(fleet.Hosts[0]), Fleet.List(over, "in_process"));
        Assert.Equal(Fleet.AddressesOf(others), Fleet.List(over, "waiting"));
        var (outcome, where, why) = Fleet.Result(over, fleet.Hosts[0]);
        Assert.Equal(("failed", step), (outcome, where));
        Assert.StartsWith(reason, why, StringComparison.Ordinal);
        Assert.All(fleet.Hosts, host => Assert.Equal(1, host.Boots));
    }
}
