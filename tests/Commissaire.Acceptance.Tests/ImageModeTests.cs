using System.Security.Cryptography;
using System.Text;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Hosts whose system is an image: their facts, and the upgrades and deployments of their images.</summary>
public sealed class ImageModeTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Name = "registry.lab.example/fleet/os";

    private Server Server => fixture.Server;

    [Fact]
    public async Task An_upgrade_stages_before_it_drains_and_reboots_only_what_has_a_newer_image()
    {
        var fleet = await Fleet.Create(fixture, [Host("42.1", "42.2"), Host("42.2", "42.2")]);
        var (old, current) = fleet.Hosts[0].Version == "42.1" ? (fleet.Hosts[0], fleet.Hosts[1]) : (fleet.Hosts[1], fleet.Hosts[0]);
        Assert.Equal(($"{Name}:stable@{Digest("42.1")}", false, false), await Images(old));

        var over = await fleet.Run("upgrade", new { reboot = "if-needed" });

        Assert.Equal("finished", over["status"]);
        Assert.Equal((2, "42.2", 1), (old.Boots, old.Version, current.Boots));
        Assert.Equal(($"{Name}:stable@{Digest("42.2")}", false, true), await Images(old));
        Assert.Equal($"{Name}:stable@{Digest("42.1")}", (await Server.Get($"/host/{old.Address}"))["rollback_image"]);
        Assert.Equal($"runs {Name}:stable ({Digest("42.2")[..19]})", Fleet.Result(over, old).Reason);
        Assert.EndsWith("is booted already; no reboot is needed", Fleet.Result(over, current).Reason, StringComparison.Ordinal);
        var turn = await fleet.TurnHistory(old);
        Assert.True(Index(turn, "finished stage") < Index(turn, "started cordon"));
        Assert.DoesNotContain("started cordon", await fleet.TurnHistory(current));
        Assert.Equal("ok", await fleet.NodeStatus(old));
    }

    [Fact]
    public async Task All_hosts_stage_one_digest_before_the_first_is_drained()
    {
        var fleet = await Fleet.Create(fixture, Enumerable.Repeat(Host("42.1", "42.2"), 3));
        var (first, others) = (fleet.Hosts[0], fleet.Hosts.Skip(1));
        using var held = others.First().HoldReboot();
        using var down = first.HoldReboot();

        await fleet.Start("upgrade", new { reboot = "always" });
        await fleet.WaitForStep(first, "wait-for-reboot");
        Assert.All(others, host => Assert.Equal("bootc upgrade", ServerFixture.Commands(host)[^2]));
        Assert.Equal(["host-began-staging", "host-staged"],
            (await fleet.History()).Where(line => line.Contains($"{first.Address}")).Select(line => line.Split(' ')[0]).Take(2));

        // The tag moves: hosts that staged boot what they staged.
        foreach (var host in fleet.Hosts)
        {
            host.Offer("42.9");
        }

        down.Dispose();
        held.Dispose();
        Assert.Equal("finished", (await fleet.WaitForEnd())["status"]);
        Assert.All(fleet.Hosts, host => Assert.Equal((2, "42.2"), (host.Boots, host.Version)));
        Assert.All(fleet.Hosts, host => Assert.Equal(1, ServerFixture.Commands(host).Count(command => command == "bootc upgrade")));
    }

    [Fact]
    public async Task A_tag_that_moves_while_the_hosts_stage_stops_the_run_before_a_node_is_drained()
    {
        var fleet = await Fleet.Create(fixture, [Host("42.1", "42.2"), Host("42.1", "42.2")]);
        fleet.Hosts[1].Offer("42.3");

        var over = await fleet.Run("upgrade", new { reboot = "always" });

        Assert.Equal(("failed", "1 of 2 hosts failed; 1 never began"), (over["status"], over["reason"]));
        Assert.EndsWith(
            $"but this run brings all hosts to {Digest("42.2")}: the tag moved since the run began",
            Fleet.Result(over, fleet.Hosts[1]).Reason, StringComparison.Ordinal);
        Assert.All(fleet.Hosts, host => Assert.Equal(1, host.Boots));
        Assert.DoesNotContain("started cordon", await fleet.TurnHistory(fleet.Hosts[0]));
    }

    [Fact]
    public async Task A_deployment_names_a_tag_a_digest_or_a_reference()
    {
        var fleet = await Fleet.Create(fixture, [Host("42.1", "42.1")]);
        var host = fleet.Hosts[0];

        Assert.Equal("finished", (await fleet.Run("deploy", new { version = "42.3", reboot = "always" }))["status"]);
        Assert.Equal(($"{Name}:42.3@{Digest("42.3")}", false, true), await Images(host));
        Assert.Contains($"bootc switch {Name}:42.3", ServerFixture.Commands(host));

        Assert.Equal("finished", (await fleet.WaitForEnd(
            await fleet.Start("deploy", new { version = Digest("42.1"), reboot = "always" })))["status"]);
        Assert.Equal(($"{Name}@{Digest("42.1")}", false, true), await Images(host));

        Assert.Equal("finished", (await fleet.WaitForEnd(
            await fleet.Start("deploy", new { version = "registry.lab.example/other/os:7", reboot = "always" })))["status"]);
        Assert.Equal(($"registry.lab.example/other/os:7@{Digest("7")}", false, true), await Images(host));
        Assert.Equal((4, "7"), (host.Boots, host.Version));
    }

    [Fact]
    public async Task A_tag_that_moved_is_deployed_again()
    {
        var fleet = await Fleet.Create(fixture, [Host("42.1", "42.1")]);
        var host = fleet.Hosts[0];
        host.Offer("42.5");

        await fleet.Run("deploy", new { version = "stable", reboot = "if-needed" });

        Assert.Equal((2, "42.5"), (host.Boots, host.Version));
    }

    [Fact]
    public async Task A_version_that_is_no_image_fails_and_runs_nothing()
    {
        var fleet = await Fleet.Create(fixture, [Host("42.1", "42.1")]);

        var over = await fleet.Run("deploy", new { version = "Quay.io/ACME/os:1" });

        Assert.Equal("failed", over["status"]);
        Assert.Equal(
            ("failed", "stage",
                "'Quay.io/ACME/os:1' is no image: give a full reference (registry/name:tag), or a tag or digest of the booted image"),
            Fleet.Result(over, fleet.Hosts[0]));
        Assert.DoesNotContain(
            ServerFixture.Commands(fleet.Hosts[0]), command => command.StartsWith("bootc switch", StringComparison.Ordinal));
        Assert.Equal("active", (await Server.Get($"/host/{fleet.Hosts[0].Address}"))["status"]);
    }

    [Fact]
    public async Task A_registry_that_cannot_be_reached_fails_the_turn_and_leaves_the_host_and_its_node()
    {
        var fleet = await Fleet.Create(fixture, [Host("42.1", "42.2")]);
        var host = fleet.Hosts[0];
        host.Break(LabFault.Unreachable);

        var over = await fleet.Run("upgrade", new { reboot = "always" });

        Assert.Equal(("failed", "stage"), (Fleet.Result(over, host).Outcome, Fleet.Result(over, host).Step));
        Assert.Contains("no such host", Fleet.Result(over, host).Reason, StringComparison.Ordinal);
        Assert.Equal(("active", 1), ((await Server.Get($"/host/{host.Address}"))["status"], host.Boots));
        Assert.Equal("ok", await fleet.NodeStatus(host));
        Assert.DoesNotContain("started cordon", await fleet.TurnHistory(host));
    }

    [Fact]
    public async Task A_host_that_falls_back_to_its_old_image_fails_and_stays_cordoned()
    {
        var fleet = await Fleet.Create(fixture, [Host("42.1", "42.2")]);
        var host = fleet.Hosts[0];
        host.NextReboot = new Reboot { FallsBack = true };

        var over = await fleet.Run("upgrade", new { reboot = "always" });

        Assert.Equal(
            ("failed", "booted-version",
                $"the host booted {Name}:stable ({Digest("42.1")[..19]}), not {Name}:stable ({Digest("42.2")[..19]}); "
                + "its node was left cordoned"),
            Fleet.Result(over, host));
        Assert.Equal(($"{Name}:stable@{Digest("42.1")}", false, true), await Images(host));
    }

    [Fact]
    public async Task A_host_that_does_not_finish_its_boot_is_rolled_back_if_the_run_says_so()
    {
        var fleet = await Fleet.Create(fixture, [Host("42.1", "42.2"), Host("42.1", "42.2")]);
        var (host, other) = (fleet.Hosts[0], fleet.Hosts[1]);
        host.Script("systemctl", new Behaviour { When = "is-system-running", Output = "maintenance\n", ExitCode = 1 });

        await fleet.Start("upgrade", new { reboot = "always", on_failure = "rollback", timeout = 30 });
        await Eventually.True(() => ServerFixture.Commands(host).Contains("bootc rollback"), "the host rolls back");
        host.Unscript("systemctl");
        var over = await fleet.WaitForEnd();

        Assert.Equal(("failed", "1 of 2 hosts failed; 1 never began"), (over["status"], over["reason"]));
        Assert.Equal("rollback", $"{over.Json.GetProperty("options").GetProperty("on_failure")}");
        Assert.Equal(("failed", "wait-for-reboot"), (Fleet.Result(over, host).Outcome, Fleet.Result(over, host).Step));
        Assert.EndsWith(
            $"; rolled back to {Name}:stable ({Digest("42.1")[..19]})", Fleet.Result(over, host).Reason, StringComparison.Ordinal);
        Assert.Equal(("42.1", 3, 1), (host.Version, host.Boots, other.Boots));
        Assert.Equal(($"{Name}:stable@{Digest("42.1")}", false, true), await Images(host));
        await fixture.WaitFor(host, "active");
        Assert.Equal("ok", await fleet.NodeStatus(host));
    }

    [Fact]
    public async Task A_host_with_rpm_ostree_stages_one_commit_and_is_rolled_back_if_the_run_says_so()
    {
        LabHostOptions options = new() { Os = LabOs.Atomic, Version = "42.1", LatestVersion = "42.2" };
        var fleet = await Fleet.Create(fixture, [options, options]);
        var (host, other) = (fleet.Hosts[0], fleet.Hosts[1]);
        host.Script("systemctl", new Behaviour { When = "is-system-running", Output = "maintenance\n", ExitCode = 1 });

        await fleet.Start("upgrade", new { reboot = "always", on_failure = "rollback", timeout = 30 });
        await Eventually.True(() => ServerFixture.Commands(host).Contains("rpm-ostree rollback"), "the host rolls back");
        host.Unscript("systemctl");
        var over = await fleet.WaitForEnd();

        Assert.Equal(("failed", "1 of 2 hosts failed; 1 never began"), (over["status"], over["reason"]));
        Assert.EndsWith(
            $"; rolled back to version 42.1 (commit {Commit("42.1")[..12]})", Fleet.Result(over, host).Reason, StringComparison.Ordinal);
        Assert.Equal(("42.1", 3, 1), (host.Version, host.Boots, other.Boots));
        await fixture.WaitFor(host, "active");
        Assert.Equal("ok", await fleet.NodeStatus(host));

        Assert.Equal("finished", (await fleet.WaitForEnd(await fleet.Start("upgrade", new { reboot = "if-needed" })))["status"]);
        Assert.All(fleet.Hosts, each => Assert.Equal("42.2", each.Version));
        Assert.Equal(1, ServerFixture.Commands(host).Count(command => command == "rpm-ostree rollback"));
        Assert.EndsWith($"@{Commit("42.2")}", (await Images(host)).Booted, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_that_is_staged_without_a_reboot_is_booted_by_a_restart()
    {
        var fleet = await Fleet.Create(fixture, [Host("42.1", "42.2")]);
        var host = fleet.Hosts[0];

        await fleet.Run("upgrade");
        Assert.Equal(($"{Name}:stable@{Digest("42.1")}", true, false), await Images(host));
        Assert.Equal(1, host.Boots);
        await fleet.Run("restart");

        await fixture.WaitFor(host, seen => seen["booted_image"] == $"{Name}:stable@{Digest("42.2")}", "the booted image is read again");
        Assert.Equal("active", (await fixture.WaitFor(host, "active"))["status"]);
    }

    private static LabHostOptions Host(string version, string latest) =>
        new() { Os = LabOs.Bootc, Version = version, LatestVersion = latest };

    private static string Digest(string version) => $"sha256:{Commit(version)}";

    private static string Commit(string version) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(version)));

    private static int Index(IReadOnlyList<string> history, string start) =>
        history.Select((summary, at) => (summary, at)).First(line => line.summary.StartsWith(start, StringComparison.Ordinal)).at;

    // The booted image, and whether there are a staged and a previous one.
    private async Task<(string Booted, bool Staged, bool Rollback)> Images(LabHost host)
    {
        var seen = (await Server.Get($"/host/{host.Address}")).Json;
        return (
            $"{seen.GetProperty("booted_image")}", seen.TryGetProperty("staged_image", out _),
            seen.TryGetProperty("rollback_image", out _));
    }
}
