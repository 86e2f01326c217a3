using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Package managers that are busy, broken or without a network, in bootstrap and in runs.</summary>
public sealed class PackageManagersTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task An_upgrade_without_a_network_is_done_on_no_host_and_the_reason_is_the_network()
    {
        LabOs[] all = [LabOs.Debian, LabOs.Fedora, LabOs.CentOs7, LabOs.Atomic];
        var fleet = await Fleet.Create(fixture, all.Select(os => new LabHostOptions { Os = os }));
        foreach (var host in fleet.Hosts)
        {
            host.Break(host.Os.IsDebianLike || host.Os.IsOstree ? LabFault.Unreachable : LabFault.Skipped);
        }

        var over = await fleet.Run("upgrade", new { max_failures = "100%", max_unavailable = "100%" });

        Assert.Equal("failed", over["status"]);
        Assert.Empty(Fleet.List(over, "upgraded"));
        Assert.All(fleet.Hosts, host =>
        {
            var (outcome, step, reason) = Fleet.Result(over, host);
            Assert.Equal(("failed", host.Os.IsOstree ? "stage" : "upgrade"), (outcome, step));
            Assert.Matches("resolv", reason);
        });
    }

    [Fact]
    public async Task A_run_records_the_number_of_changed_packages_and_the_ones_kept_back()
    {
        LabOs[] all = [LabOs.Debian, LabOs.Debian, LabOs.Fedora, LabOs.Atomic];
        var fleet = await Fleet.Create(fixture, all.Select(os => new LabHostOptions { Os = os, LatestVersion = "42.20250410.0" }));
        var held = fleet.Hosts.First(host => host.Os == LabOs.Debian);
        held.Break(LabFault.KeptBack);

        var over = await fleet.Run("upgrade", new { max_unavailable = "100%" });

        Assert.Equal("finished", over["status"]);
        Assert.All(fleet.Hosts, host => Assert.Matches(
            host == held ? "^0 packages changed; 1 kept back: linux-image$"
            : host.Os == LabOs.Atomic ? "^version 42.20250410.0 .* is booted already$" : "^1 package changed$",
            Fleet.Result(over, host).Reason));
        Assert.Contains("finished upgrade: 0 packages changed; 1 kept back: linux-image", await fleet.TurnHistory(held));
    }

    [Theory]
    [InlineData("debian")]
    [InlineData("centos7")]
    public async Task A_transaction_that_a_power_cut_ended_is_completed_first_in_bootstrap_and_in_an_upgrade(string os)
    {
        var host = await fixture.AddHost(LabOs.Parse(os));
        host.Break(LabFault.Interrupted);
        var cluster = await fixture.AddManagedCluster();
        await fixture.Register(host, cluster);
        await fixture.WaitFor(host, "active");
        Assert.False(host.Has(LabFault.Interrupted));

        host.Break(LabFault.Interrupted);
        var over = await Fleet.Existing(fixture, cluster, [host]).Run("upgrade");

        Assert.Equal("finished", over["status"]);
        Assert.False(host.Has(LabFault.Interrupted));
    }

    [Theory]
    [InlineData("debian", "process 4711 (unattended-upgr)")]
    [InlineData("fedora", "another program")]
    public async Task A_busy_package_manager_is_waited_for_in_bootstrap_and_the_reason_says_who_keeps_it(string os, string holder)
    {
        var host = await fixture.AddHost(LabOs.Parse(os));
        host.Break(LabFault.Locked);

        await fixture.Register(host);
        await fixture.WaitFor(host,
            seen => seen["reason"].Contains($"the package manager is busy: {holder} holds its lock", StringComparison.Ordinal), "waiting");
        host.Mend(LabFault.Locked);
        await fixture.WaitFor(host, "disassociated");

        Assert.DoesNotContain("failed", await fixture.History(host));
    }

    [Theory]
    [InlineData("debian", "process 4711 (unattended-upgr)")]
    [InlineData("rocky", "another program")]
    [InlineData("atomic", "another transaction (upgrade)")]
    public async Task A_busy_package_manager_is_waited_for_in_a_run_and_the_reason_says_who_keeps_it(string os, string holder)
    {
        var fleet = await Fleet.Create(fixture, [new LabHostOptions { Os = LabOs.Parse(os) }]);
        var host = fleet.Hosts[0];
        host.Break(LabFault.Locked);

        var run = await fleet.Start("upgrade");
        await fleet.WaitFor(
            seen => Fleet.Result(seen, host).Reason.Contains($"{holder} holds its lock", StringComparison.Ordinal), "waiting", run);
        host.Mend(LabFault.Locked);

        Assert.Equal("finished", (await fleet.WaitForEnd(run))["status"]);
    }

    [Theory]
    [InlineData("debian", "Temporary failure resolving 'deb.debian.org'")]
    [InlineData("fedora", "Curl error (6): Couldn't resolve host name")]
    public async Task A_network_that_comes_late_is_used_and_its_absence_is_the_reason(string os, string reason)
    {
        var host = await fixture.AddHost(LabOs.Parse(os));
        host.Break(LabFault.Skipped);

        await fixture.Register(host);
        var failed = await fixture.WaitFor(host, "failed");
        Assert.Contains(reason, failed["reason"], StringComparison.Ordinal);
        host.Mend(LabFault.Skipped);

        await fixture.WaitFor(host, "disassociated");
    }

    [Fact]
    public async Task A_network_that_is_lost_between_the_lists_and_the_package_is_no_trap()
    {
        var host = await fixture.AddHost(LabOs.Debian);
        host.Script("apt-get", new Behaviour { When = "install *docker.io*", Times = 1, ExitCode = 100, Error = "E: no such luck\n" });
        await fixture.Register(host);
        await fixture.WaitFor(host, "failed");

        // The package lists are gone, and the step that fetched them is done.
        host.Break(LabFault.Unreachable);
        host.Mend(LabFault.Unreachable);

        await fixture.WaitFor(host, "disassociated");
    }

    [Theory]
    [InlineData("fedora")]
    [InlineData("centos7")]
    public async Task A_host_that_cannot_tell_whether_it_needs_a_reboot_is_not_rebooted_and_the_run_says_so(string os)
    {
        var fleet = await Fleet.Create(fixture, [new LabHostOptions { Os = LabOs.Parse(os), UpgradesNeedReboot = true }]);
        var host = fleet.Hosts[0];
        host.Break(LabFault.NoNeedsRestarting);

        var over = await fleet.Run("upgrade", new { reboot = "if-needed" });

        Assert.Equal(("finished", 1), (over["status"], host.Boots));
        var (outcome, _, reason) = Fleet.Result(over, host);
        Assert.Equal("succeeded", outcome);
        Assert.Contains("not rebooted: the host cannot tell whether it needs a reboot (needs-restarting is not installed", reason,
            StringComparison.Ordinal);
        Assert.Contains(await fleet.TurnHistory(host), line => line.StartsWith("not rebooted: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_host_with_a_newer_kernel_than_the_running_one_is_rebooted_without_a_marker()
    {
        var fleet = await Fleet.Create(fixture, [new LabHostOptions { Os = LabOs.Debian }, new LabHostOptions { Os = LabOs.Debian }]);
        var (newer, same) = (fleet.Hosts[0], fleet.Hosts[1]);
        await File.WriteAllTextAsync(newer.FilePath("/boot/vmlinuz-999.1.0-1-amd64"), "");
        var running = (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease")).Trim();
        await File.WriteAllTextAsync(same.FilePath($"/boot/vmlinuz-{running}"), "");

        var over = await fleet.Run("upgrade", new { reboot = "if-needed" });

        Assert.Equal("finished", over["status"]);
        Assert.Equal((2, 1), (newer.Boots, same.Boots));
    }

    [Theory]
    [InlineData("linuxmint", "linuxmint", "ubuntu")]
    [InlineData("amzn", "amzn", "fedora")]
    public async Task A_relative_of_a_supported_system_is_bootstrapped_and_upgraded_like_it(string os, string name, string like)
    {
        var fleet = await Fleet.Create(fixture, [new LabHostOptions { Os = LabOs.Parse(os) }]);

        Assert.Equal("finished", (await fleet.Run("upgrade"))["status"]);
        var seen = await fixture.Server.Get($"/host/{fleet.Hosts[0].Address}");
        Assert.Equal((name, like), (seen["os"], seen["os_like"]));
    }

    [Fact]
    public async Task An_image_that_is_managed_by_other_means_is_refused_with_the_reason()
    {
        var host = await fixture.AddHost(LabOs.Flatcar);

        await fixture.Register(host);
        var failed = await fixture.WaitFor(host, "failed");

        Assert.StartsWith(
            "operating system 'flatcar' is not supported: its system is an image that is replaced as a whole, by update_engine; ",
            failed["reason"], StringComparison.Ordinal);
    }
}
