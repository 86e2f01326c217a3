using System.Text.Json;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

public sealed class RestartingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task A_restart_reboots_each_host_once_one_after_the_other()
    {
        var fleet = await Fleet.Create(fixture, 3);

        var over = await fleet.Run("restart");

        Assert.Equal(("finished", "3 of 3 hosts done"), (over["status"], over["reason"]));
        Assert.Equal(fleet.Addresses, Fleet.List(over, "restarted"));
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
        Assert.All(fleet.Hosts, host => Assert.Equal(1, ServerFixture.Commands(host).Count(command => command == "systemctl reboot")));
        foreach (var host in fleet.Hosts)
        {
            Assert.Equal("ok", await fleet.NodeStatus(host));
            var seen = (await Server.Get($"/host/{host.Address}")).Ok();
            Assert.Equal(("active", host.BootId), (seen["status"], seen["boot_id"]));
            Assert.Equal(
                ["preflight", "cordon", "drain", "reboot", "wait-for-reboot", "node-ready", "uncordon"],
                (await fleet.TurnHistory(host)).Where(said => said.StartsWith("finished ", StringComparison.Ordinal)).Select(
                    said => said["finished ".Length..]));
        }

        Assert.Equal(["begun", .. fleet.Addresses.SelectMany(address => (string[])[$"host-began {address}", $"host-succeeded {address}"]),
            "finished"], await fleet.History());
    }

    [Fact]
    public async Task The_record_of_a_run_says_how_far_it_is()
    {
        var fleet = await Fleet.Create(fixture, 3);
        var ((first, second), start) = ((fleet.Hosts[0], fleet.Hosts[1]), DateTimeOffset.UtcNow);
        using var away = second.HoldReboot();

        var begun = await Server.Put($"{fleet.Path}/restart", new { name = fleet.Name, timeout = 3600 });
        await fleet.WaitForStep(second, "wait-for-reboot");
        var meanwhile = (await Server.Get($"{fleet.Path}/restart")).Ok();
        var detail = await fleet.GetRun();
        away.Dispose();
        await fleet.WaitForEnd();
        var over = (await Server.Get($"{fleet.Path}/restart")).Ok();

        Assert.Equal(201, begun.Code);
        Assert.Equal(
            (fleet.Name, "in_process", "1", "restart", "a"), (begun["name"], begun["status"], begun["id"], begun["verb"], begun["by"]));
        Assert.Equal(JsonValueKind.Null, begun.Json.GetProperty("finished_at").ValueKind);
        Assert.All((string[])["restarted", "in_process"], list => Assert.Empty(Fleet.List(begun, list)));
        Assert.InRange(DateTimeOffset.Parse(begun["started_at"], null), start.AddSeconds(-1), DateTimeOffset.UtcNow);
        Assert.Equal(("1", 3600, "600", "fail"), (
            $"{begun.Json.GetProperty("options").GetProperty("max_unavailable")}", begun.Json.GetProperty("options")
                .GetProperty("timeout").GetInt32(),
            $"{begun.Json.GetProperty("options").GetProperty("drain_timeout")}",
                $"{begun.Json.GetProperty("options").GetProperty("on_drain_timeout")}"));

        Assert.Equal(
            ("in_process", "in progress", begun["started_at"]), (meanwhile["status"], meanwhile["reason"], meanwhile["started_at"]));
        Assert.Equal(JsonValueKind.Null, meanwhile.Json.GetProperty("finished_at").ValueKind);
        Assert.Equal(Fleet.AddressesOf(first), Fleet.List(meanwhile, "restarted"));
        Assert.Equal(Fleet.AddressesOf(second), Fleet.List(meanwhile, "in_process"));
        Assert.Equal(Fleet.AddressesOf(fleet.Hosts[2]), Fleet.List(meanwhile, "waiting"));
        Assert.False(meanwhile.Json.TryGetProperty("upgraded", out _) || meanwhile.Json.TryGetProperty("deployed", out _)
            || meanwhile.Json.TryGetProperty("hosts", out _));
        Assert.Equal(["succeeded", "in_process", "waiting"], fleet.Hosts.Select(host => Fleet.Result(detail, host).Outcome));
        Assert.Equal("wait-for-reboot", Fleet.Result(detail, second).Step);

        Assert.Equal(("finished", begun["started_at"]), (over["status"], over["started_at"]));
        Assert.InRange(
            DateTimeOffset.Parse(over["finished_at"], null), DateTimeOffset.Parse(over["started_at"], null), DateTimeOffset.UtcNow);
        Assert.Equal(fleet.Addresses, Fleet.List(over, "restarted"));
        Assert.All((string[])["in_process", "failed", "skipped", "waiting"], list => Assert.Empty(Fleet.List(over, list)));
    }

    [Fact]
    public async Task Runs_are_numbered_and_listed_and_the_latest_of_its_kind_is_shown()
    {
        var fleet = await Fleet.Create(fixture, 1);
        foreach (var path in (string[])["restart", "operations/1", "operations/1/history", "operations/0"])
        {
            Assert.Equal(404, (await Server.Get($"{fleet.Path}/{path}")).Code);
            Assert.Equal(404, (await Server.Get($"/cluster/nowhere/{path}")).Code);
        }

        Assert.Equal(404, (await Server.Put("/cluster/nowhere/restart")).Code);
        Assert.Equal(404, (await Server.Delete($"{fleet.Path}/restart")).Code);
        Assert.Equal(404, (await Server.Send(HttpMethod.Post, $"{fleet.Path}/restart/pause")).Code);
        Assert.Equal(404, (await Server.Get("/cluster/nowhere/operations")).Code);
        Assert.Equal("[]", (await Server.Get($"{fleet.Path}/operations")).Ok().Body);

        await fleet.Run("upgrade");
        await fleet.Run("restart");
        await fleet.Run("restart");

        // The list is written after the event, so it can lag behind the run.
        var listed = await Eventually.Matches(
            () => Server.Get($"{fleet.Path}/operations"), seen =>
                seen.Ok().Json.EnumerateArray().All(run => $"{run.GetProperty("status")}" != "in_process"), "the list has the ends");
        var all = listed.Json.EnumerateArray().ToList();
        Assert.Equal(["1 upgrade finished", "2 restart finished", "3 restart finished"],
            all.Select(run => $"{run.GetProperty("id")} {run.GetProperty("verb")} {run.GetProperty("status")}"));
        Assert.All(all,
            run => Assert.Equal((1, 1),
            (run.GetProperty("hosts").GetProperty("total").GetInt32(), run.GetProperty("hosts").GetProperty("succeeded").GetInt32())));
        Assert.Equal("3", (await Server.Get($"{fleet.Path}/restart")).Ok()["id"]);
        Assert.Equal("1", (await Server.Get($"{fleet.Path}/upgrade")).Ok()["id"]);
        Assert.Equal(404, (await Server.Get($"{fleet.Path}/deploy")).Code);
        Assert.Equal(3, fleet.Hosts[0].Boots);
    }

    [Fact]
    public async Task A_run_holds_its_cluster_until_it_is_over()
    {
        var fleet = await Fleet.Create(fixture, 1);
        using var away = fleet.Hosts[0].HoldReboot();

        await fleet.Start("restart");
        Reply[] refused =
            [await Server.Put($"{fleet.Path}/restart"), await Server.Put($"{fleet.Path}/upgrade"), await Server.Delete(fleet.Path)];
        await Server.KillAndStart();
        var afterAKill = await Server.Put($"{fleet.Path}/upgrade");
        away.Dispose();
        var over = await fleet.WaitForEnd();

        Assert.Equal(("finished", ""), (over["status"], Fleet.Result(over, fleet.Hosts[0]).Reason));
        Assert.All([.. refused, afterAKill], answer => Assert.Equal(409, answer.Code));
        Assert.All([.. refused, afterAKill],
            answer => Assert.Contains($"'{fleet.Name}' is held by run 1 (restart)", answer.Body, StringComparison.Ordinal));
        await fleet.Run("upgrade");
        (await Eventually.Matches(() => Server.Delete(fleet.Path), answer => answer.Code != 409, "the cluster can be deleted")).Ok();
        Assert.Equal(2, fleet.Hosts[0].Boots);
    }

    [Fact]
    public async Task A_restart_of_hosts_that_are_no_nodes_cordons_nothing()
    {
        var cluster = await fixture.AddCluster();
        var host = await fixture.AddHost(LabOs.Atomic);
        await fixture.Register(host, cluster, "core");
        await fixture.WaitFor(host, "disassociated");

        (await Server.Put($"/cluster/{cluster}/restart")).Ok();
        var over = await Eventually.Matches(
            () => Server.Get($"/cluster/{cluster}/restart"), seen => seen["status"] != "in_process", "the run is over");

        Assert.Equal("finished", over["status"]);
        Assert.Equal(2, host.Boots);
        var history = (await Server.Get($"/host/{host.Address}/history")).Ok().Body;
        Assert.Contains("restart (run 1): preflight, reboot, wait-for-reboot\"", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_of_no_hosts_is_finished_at_once()
    {
        var cluster = await fixture.AddCluster();

        (await Server.Put($"/cluster/{cluster}/restart")).Ok();
        var over = (await Server.Get($"/cluster/{cluster}/restart")).Ok();

        Assert.Equal(("finished", "the cluster has no hosts", "[]"), (over["status"], over["reason"], over["restarted"]));
        await Eventually.Matches(() => Server.Delete($"/cluster/{cluster}"), gone => gone.Code == 200, "the cluster can be deleted");
    }
}
