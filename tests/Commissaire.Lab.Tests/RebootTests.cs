using System.Net;
using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Tests;

public sealed class RebootTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    private const string BootId = "cat /proc/sys/kernel/random/boot_id";

    private static readonly Reboot Quick = new() { Away = TimeSpan.Zero };

    private LabEnvironment Lab => fixture.Lab;

    [Theory]
    [InlineData("systemctl reboot")]
    [InlineData("reboot")]
    [InlineData("shutdown -r now")]
    [InlineData("sleep 0.1 && systemctl reboot")]
    public async Task A_reboot_drops_connections_refuses_for_a_while_and_returns_with_a_new_boot_id(string command)
    {
        var host = await fixture.Host();
        var first = (await Ssh.Run(Lab, host, BootId)).Output.Trim();
        Assert.Equal(host.BootId, first);
        using var down = host.HoldReboot();
        using var connected = Ssh.Start(Lab, host, "dnf list; sleep 1000");
        await host.WaitForCommand(told => told.Argv[0] == "dnf");

        var told = await Ssh.Run(Lab, host, command);

        Assert.Equal(SshResult.NoConnection, told.ExitCode);
        Assert.Equal(SshResult.NoConnection, (await connected.End()).ExitCode);
        await host.WaitFor(HostPower.Booting);
        Assert.Null(await Eventually.Greeting(new IPEndPoint(host.Address, host.Port)));
        down.Dispose();
        await host.WaitForBoot(2);
        var second = (await Ssh.Run(Lab, host, BootId)).Output.Trim();
        Assert.NotEqual(first, second);
        Assert.True(Guid.TryParseExact(second, "D", out _));
        Assert.NotEqual((await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id")).Trim(), second);
    }

    [Fact]
    public async Task A_reboot_asked_for_in_the_background_comes_too()
    {
        var host = await fixture.Host();

        var told = await Ssh.Run(Lab, host, "nohup sh -c 'sleep 0.2 && systemctl reboot' >/dev/null 2>&1 </dev/null &");

        Assert.Equal(0, told.ExitCode);
        await host.WaitForBoot(2);
    }

    [Fact]
    public async Task What_is_in_etc_survives_a_reboot_and_what_is_in_run_does_not()
    {
        var host = await Lab.AddHost(new LabHostOptions { Os = LabOs.Atomic, Reboot = Quick });
        await Ssh.Run(Lab, host, "touch /etc/kept /run/lost; systemctl enable docker; systemctl start flanneld; reboot");
        await host.WaitForBoot(2);

        var found = await Ssh.Run(
            Lab, host, "ls /etc/kept /run/lost /run/ostree-booted 2>/dev/null; systemctl is-active docker; systemctl is-active flanneld");

        Assert.Equal("/etc/kept\n/run/ostree-booted\nactive\ninactive\n", found.Output);
    }

    [Fact]
    public async Task A_host_may_never_return()
    {
        var host = await fixture.Host();
        host.NextReboot = new Reboot { Returns = false };

        await Ssh.Run(Lab, host, "systemctl reboot");
        await host.WaitFor(HostPower.Off);

        Assert.Null(await Eventually.Greeting(new IPEndPoint(host.Address, host.Port)));
        Assert.Equal(1, host.Boots);
        await host.Start();
        Assert.Equal(0, (await Ssh.Run(Lab, host, "true")).ExitCode);
    }

    [Fact]
    public async Task A_host_may_return_with_another_key()
    {
        var host = await fixture.Host();
        var first = host.HostKey;
        host.NextReboot = Quick with { ChangesHostKey = true };

        await Ssh.Run(Lab, host, "systemctl reboot");
        await host.WaitForBoot(2);

        Assert.NotEqual(first, host.HostKey);
        Assert.Equal(0, (await Ssh.Run(Lab, host, "true")).ExitCode);
    }

    [Fact]
    public async Task A_host_may_go_on_for_a_while_as_if_nothing_were_asked()
    {
        var host = await fixture.Host();
        var first = host.BootId;
        using var shutdown = host.HoldShutdown();

        var told = await Ssh.Run(Lab, host, "systemctl reboot");
        var seen = await Ssh.Run(Lab, host, BootId);

        Assert.Equal((0, first), (told.ExitCode, seen.Output.Trim()));
        shutdown.Dispose();
        await host.WaitForBoot(2);
    }

    [Fact]
    public async Task A_host_may_reset_connections_before_it_is_back()
    {
        var host = await fixture.Host();
        var endpoint = new IPEndPoint(host.Address, host.Port);
        host.NextReboot = Quick with { Resets = 2 };
        await Ssh.Run(Lab, host, "systemctl reboot");

        List<string> greetings = [];
        await Eventually.True(
            async () =>
            {
                greetings.Add(await Eventually.Greeting(endpoint) ?? "refused");
                return greetings[^1] == "SSH-";
            },
            "sshd answers");

        Assert.Equal(2, greetings.Count(greeting => greeting.Length == 0));
    }

    [Fact]
    public async Task A_host_may_let_in_root_only_at_first()
    {
        var host = await fixture.Host();
        using var logins = host.HoldLogins();
        await Ssh.Run(Lab, host, "systemctl reboot");
        await host.WaitForBoot(2);

        var root = await Ssh.Run(Lab, host, "true");
        var core = await Ssh.Run(Lab, host, "true", "core");
        logins.Dispose();
        await Eventually.True(() => !File.Exists(host.FilePath("/run/nologin")), "nologin is gone");
        var later = await Ssh.Run(Lab, host, "true", "core");

        Assert.Equal((0, SshResult.NoConnection, 0), (root.ExitCode, core.ExitCode, later.ExitCode));
    }

    [Fact]
    public async Task A_staged_deployment_is_booted_by_a_reboot()
    {
        var host = await Lab.AddHost(new LabHostOptions { Os = LabOs.Atomic, Reboot = Quick });
        await Ssh.Run(Lab, host, "rpm-ostree deploy 42.7; systemctl reboot");
        await host.WaitForBoot(2);

        var said = await Ssh.Run(Lab, host, ". /etc/os-release; echo $OSTREE_VERSION; rpm-ostree status --booted | grep Version");

        Assert.Equal("42.7\n                  Version: 42.7\n", said.Output);
        Assert.Equal("42.7", host.Version);
    }

    [Fact]
    public async Task A_host_may_fall_back_to_the_deployment_it_had()
    {
        var host = await Lab.AddHost(new LabHostOptions { Os = LabOs.Atomic, Version = "42.1", LatestVersion = "42.2" });
        host.NextReboot = Quick with { FallsBack = true };

        await Ssh.Run(Lab, host, "rpm-ostree upgrade -r");
        await host.WaitForBoot(2);

        Assert.Equal("42.1", host.Version);
    }

    [Fact]
    public async Task A_staged_image_is_booted_by_a_reboot()
    {
        var host = await Lab.AddHost(new LabHostOptions { Os = LabOs.Bootc, Version = "42.1", LatestVersion = "42.2", Reboot = Quick });
        const string Entry = "null\\|.\"image\":.\"image\":.\"image\":\"[^\"]*\"";
        const string Ask = "bootc status --format json | grep -o '\"\\(staged\\|booted\\|rollback\\)\":\\(" + Entry + "\\)'";

        var upgraded = await Ssh.Run(Lab, host, "bootc upgrade; bootc switch registry.lab.example/fleet/os:stable");
        var staged = await Ssh.Run(Lab, host, Ask);
        await Ssh.Run(Lab, host, "systemctl reboot");
        await host.WaitForBoot(2);
        var booted = await Ssh.Run(Lab, host, $"{Ask}; bootc upgrade");

        Assert.Contains("Queued for next boot: registry.lab.example/fleet/os:stable\n", upgraded.Output, StringComparison.Ordinal);
        Assert.EndsWith("Image specification is unchanged.\n", upgraded.Output, StringComparison.Ordinal);
        Assert.Equal(3, staged.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("\"rollback\":null", staged.Output, StringComparison.Ordinal);
        Assert.Contains("\"staged\":null", booted.Output, StringComparison.Ordinal);
        Assert.Contains("No changes in registry.lab.example/fleet/os:stable => sha256:", booted.Output, StringComparison.Ordinal);
        Assert.Equal("42.2", host.Version);
    }

    [Fact]
    public async Task A_rollback_of_an_ostree_swaps_the_deployments_and_a_second_one_swaps_them_back()
    {
        const string Versions = "rpm-ostree status --json | grep '\"version\"' | tr -dc '0-9.\n'";
        var host = await Lab.AddHost(new LabHostOptions { Os = LabOs.Atomic, Version = "42.1", LatestVersion = "42.2", Reboot = Quick });
        await Ssh.Run(Lab, host, "rpm-ostree upgrade -r");
        await host.WaitForBoot(2);

        var queued = await Ssh.Run(Lab, host, $"rpm-ostree rollback > /dev/null; {Versions}");
        var undone = await Ssh.Run(Lab, host, $"rpm-ostree rollback > /dev/null; {Versions}");
        await Ssh.Run(Lab, host, "rpm-ostree rollback -r");
        await host.WaitForBoot(3);
        var after = await Ssh.Run(Lab, host, Versions);

        Assert.Equal(("42.1\n42.2\n", "42.2\n42.1\n", "42.1\n42.2\n"), (queued.Output, undone.Output, after.Output));
        Assert.Equal("42.1", host.Version);
    }

    [Fact]
    public async Task Deployments_are_shown_as_json()
    {
        var host = await Lab.AddHost(new LabHostOptions { Os = LabOs.Atomic, Version = "42.1", LatestVersion = "42.2" });
        await Ssh.Run(Lab, host, "rpm-ostree upgrade");

        using var status = System.Text.Json.JsonDocument.Parse((await Ssh.Run(Lab, host, "rpm-ostree status --json")).Output);

        Assert.Equal(
            [("42.2", false, true), ("42.1", true, false)],
            status.RootElement.GetProperty("deployments").EnumerateArray().Select(deployment => (
                deployment.GetProperty("version").GetString(),
                deployment.GetProperty("booted").GetBoolean(),
                deployment.GetProperty("staged").GetBoolean())));
    }
}
