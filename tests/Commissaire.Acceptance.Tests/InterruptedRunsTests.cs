using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Runs that are cancelled or paused, or whose cluster changes.</summary>
public sealed class InterruptedRunsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task A_cancelled_run_finishes_what_has_begun_and_can_be_taken_up_again()
    {
        var (fleet, first, away) = await Going(3);

        var cancelled = (await Server.Delete($"{fleet.Path}/restart")).Ok();
        await Server.KillAndStart();
        away.Dispose();
        var over = await fleet.WaitForEnd();
        var again = await Server.Delete($"{fleet.Path}/operations/1");
        var boots = fleet.Hosts.Select(host => host.Boots).ToList();
        await fleet.Post("retry");
        var retried = await fleet.WaitForEnd();

        Assert.Equal(("in_process", "cancelled by 'a'; waiting for the hosts in their turn"), (cancelled["status"], cancelled["reason"]));
        Assert.Equal(("failed", "cancelled by 'a'; 2 never began"), (over["status"], over["reason"]));
        Assert.Equal(Fleet.AddressesOf(first), Fleet.List(over, "restarted"));
        Assert.Equal(Fleet.AddressesOf(fleet.Hosts.Skip(1)), Fleet.List(over, "waiting"));
        Assert.Equal([2, 1, 1], boots);
        Assert.Equal(200, again.Code);
        Assert.Equal(("finished", "3 of 3 hosts done"), (retried["status"], retried["reason"]));
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
        Assert.Equal(409, (await Server.Send(HttpMethod.Post, $"{fleet.Path}/operations/1/retry")).Code);
    }

    [Fact]
    public async Task A_paused_run_begins_no_further_host_until_it_is_resumed()
    {
        var (fleet, first, away) = await Going(2);

        var paused = (await Server.Send(HttpMethod.Post, $"{fleet.Path}/restart/pause")).Ok();
        away.Dispose();
        await fleet.WaitFor(seen => Fleet.List(seen, "restarted").Count == 1, "the first host is done");
        await Server.KillAndStart();
        var waiting = await fleet.GetRun();
        var resumed = await fleet.Post("resume");
        var over = await fleet.WaitForEnd();

        Assert.Equal(("in_process", "paused by 'a'"), (paused["status"], paused["reason"]));
        Assert.Equal(("in_process", "paused by 'a'"), (waiting["status"], waiting["reason"]));
        Assert.Equal(Fleet.AddressesOf(fleet.Hosts[1]), Fleet.List(waiting, "waiting"));
        Assert.Equal("in_process", resumed["status"]);
        Assert.Equal("finished", over["status"]);
        Assert.Equal(fleet.Addresses, Fleet.List(over, "restarted"));
        Assert.Equal(
            ["begun", $"host-began {first.Address}", "paused", $"host-succeeded {first.Address}", "resumed",
                $"host-began {fleet.Addresses[1]}", $"host-succeeded {fleet.Addresses[1]}", "finished"],
            await fleet.History());
    }

    [Fact]
    public async Task A_run_that_is_over_cannot_be_cancelled_paused_or_resumed()
    {
        var fleet = await Fleet.Create(fixture, 1);
        await fleet.Run("restart");

        Assert.Equal(409, (await Server.Delete($"{fleet.Path}/restart")).Code);
        foreach (var word in (string[])["pause", "resume", "retry"])
        {
            Assert.Equal(409, (await Server.Send(HttpMethod.Post, $"{fleet.Path}/restart/{word}")).Code);
        }

        Assert.Equal(
            ["begun", $"host-began {fleet.Addresses[0]}", $"host-succeeded {fleet.Addresses[0]}", "finished"], await fleet.History());
    }

    [Fact]
    public async Task A_host_removed_from_the_cluster_before_its_turn_is_not_touched()
    {
        var (fleet, _, away) = await Going(3);

        (await Server.Delete($"{fleet.Path}/hosts/{fleet.Addresses[1]}")).Ok();
        away.Dispose();
        var over = await fleet.WaitForEnd();

        Assert.Equal(("finished", "2 of 3 hosts done, 1 left the cluster"), (over["status"], over["reason"]));
        Assert.Equal([fleet.Addresses[0], fleet.Addresses[2]], Fleet.List(over, "restarted"));
        Assert.Equal(["succeeded", "left", "succeeded"], fleet.Hosts.Select(host => Fleet.Result(over, host).Outcome));
        Assert.Equal([2, 1, 2], fleet.Hosts.Select(host => host.Boots));
    }

    [Fact]
    public async Task A_host_removed_from_the_cluster_during_its_turn_goes_no_further_and_the_others_do()
    {
        var fleet = await Fleet.Create(fixture, 2, drainSeconds: 30);
        await fleet.Start("restart");
        await fleet.WaitForStep(fleet.Hosts[0], "drain");

        (await Server.Delete($"{fleet.Path}/hosts/{fleet.Addresses[0]}")).Ok();
        var over = await fleet.WaitForEnd();

        Assert.Equal(("finished", "1 of 2 hosts done, 1 left the cluster"), (over["status"], over["reason"]));
        Assert.Equal("left", Fleet.Result(over, fleet.Hosts[0]).Outcome);
        Assert.Equal([1, 2], fleet.Hosts.Select(host => host.Boots));
        await fixture.WaitFor(fleet.Hosts[0], "disassociated");
        (await Server.Put($"{fleet.Path}/hosts/{fleet.Addresses[0]}")).Ok();
        await fixture.WaitFor(fleet.Hosts[0], "active");
        Assert.Equal("ok", await fleet.NodeStatus(fleet.Hosts[0]));
    }

    [Fact]
    public async Task A_host_deleted_while_it_reboots_does_not_keep_the_others_waiting()
    {
        var (fleet, first, away) = await Going(2);
        using var still = away;

        (await Server.Delete($"/host/{first.Address}")).Ok();
        var over = await fleet.WaitForEnd();

        Assert.Equal(("finished", "1 of 2 hosts done, 1 left the cluster"), (over["status"], over["reason"]));
        Assert.Equal(Fleet.AddressesOf(fleet.Hosts[1]), Fleet.List(over, "restarted"));
        Assert.Equal(404, (await Server.Get($"/host/{first.Address}")).Code);
        Assert.Equal(2, fleet.Hosts[1].Boots);
    }

    [Fact]
    public async Task A_host_that_joins_during_a_run_has_no_turn_in_it()
    {
        var (fleet, _, away) = await Going(2);
        var late = await fixture.AddHost(LabOs.Atomic);

        await fixture.Register(late, fleet.Name);
        away.Dispose();
        var over = await fleet.WaitForEnd();

        Assert.Equal(("finished", "2 of 2 hosts done"), (over["status"], over["reason"]));
        Assert.Equal(1, late.Boots);
    }

    // Starts a restart and holds the reboot of its first host.
    private async Task<(Fleet Fleet, LabHost First, IDisposable Away)> Going(int hosts)
    {
        var fleet = await Fleet.Create(fixture, hosts);
        var first = fleet.Hosts[0];
        var away = first.HoldReboot();
        await fleet.Start("restart");
        await fleet.WaitForStep(first, "wait-for-reboot");
        return (fleet, first, away);
    }
}
