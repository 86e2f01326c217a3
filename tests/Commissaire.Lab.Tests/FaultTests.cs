using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Tests;

/// <summary>The faults of package managers: their messages and exit statuses, and how they end.</summary>
public sealed class FaultTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    [Theory]
    [InlineData("debian", LabFault.Unreachable, "apt-get update -q", 0, "W: Failed to fetch")]
    [InlineData("debian", LabFault.Unreachable, "apt-get -o APT::Update::Error-Mode=any update", 100, "E: Failed to fetch")]
    [InlineData("debian", LabFault.Unreachable, "apt-get install -y docker.io", 100, "E: Unable to locate package docker.io")]
    [InlineData("debian", LabFault.Interrupted, "apt-get dist-upgrade -y", 100, "E: dpkg was interrupted")]
    [InlineData("debian", LabFault.Locked, "apt-get dist-upgrade -y", 100, "It is held by process 4711 (unattended-upgr)")]
    [InlineData("debian", LabFault.Locked, "dpkg --configure -a", 2, "locked by another process with pid 4711")]
    [InlineData("debian", LabFault.KeptBack, "apt-get dist-upgrade -y", 0, "1 not upgraded")]
    [InlineData("fedora", LabFault.Unreachable, "dnf update -y", 1, "Error: Failed to download metadata")]
    [InlineData("fedora", LabFault.Skipped, "dnf update -y", 0, "Ignoring repositories: base")]
    [InlineData("fedora", LabFault.Skipped, "dnf install -y docker", 1, "No match for argument: docker")]
    [InlineData("centos7", LabFault.NoRepositories, "yum update -y", 1, "There are no enabled repositories")]
    [InlineData("fedora", LabFault.Locked, "dnf update -y", 1, "Failed to obtain rpm transaction lock")]
    [InlineData("fedora", LabFault.NoNeedsRestarting, "dnf needs-restarting -r", 1, "No such command: needs-restarting")]
    [InlineData("atomic", LabFault.Locked, "rpm-ostree upgrade", 1, "error: Transaction in progress: upgrade")]
    [InlineData("bootc", LabFault.Unreachable, "bootc upgrade", 1, "no such host")]
    [InlineData("atomic", LabFault.Unreachable, "rpm-ostree upgrade", 1, "Could not resolve hostname")]
    public async Task A_fault_looks_as_with_the_real_tool_and_ends_when_it_is_mended(
        string os, LabFault fault, string command, int status, string message)
    {
        var host = await fixture.Host(LabOs.Parse(os));

        host.Break(fault);
        var broken = await Ssh.Run(fixture.Lab, host, command);
        host.Mend(fault);
        var mended = await Ssh.Run(fixture.Lab, host, $"{(os == "debian" ? "apt-get update >/dev/null; " : "")}{command}");

        Assert.Equal(status, broken.ExitCode);
        Assert.Contains(message, broken.Output + broken.Error, StringComparison.Ordinal);
        Assert.Equal(0, mended.ExitCode);
        Assert.DoesNotContain(message, mended.Output + mended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("debian", "dpkg --configure -a")]
    [InlineData("centos7", "yum-complete-transaction -y")]
    public async Task A_transaction_that_was_cut_off_is_completed_by_its_command(string os, string command)
    {
        var host = await fixture.Host(LabOs.Parse(os));
        host.Break(LabFault.Interrupted);

        Assert.Equal(0, (await Ssh.Run(fixture.Lab, host, command)).ExitCode);

        Assert.False(host.Has(LabFault.Interrupted));
        Assert.Equal("", (await Ssh.Run(fixture.Lab, host, "ls /var/lib/yum 2>/dev/null")).Output);
    }
}
