using System.Runtime.Versioning;
using System.Text;
using Commissaire.Domain.Tests.Runs;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>The commands of each operating system for the steps of a turn.</summary>
[SupportedOSPlatform("linux")]
public sealed class OsDialectTests : IDisposable
{
    private readonly string _programs = Directory.CreateTempSubdirectory("commissaire-").FullName;

    public void Dispose() => Directory.Delete(_programs, recursive: true);

    [Theory]
    [InlineData("fedora", "dnf update -y")]
    [InlineData("rocky", "dnf update -y")]
    [InlineData("almalinux", "dnf update -y")]
    [InlineData("centos", "yum update -y")]
    [InlineData("rhel", "yum update -y")]
    [InlineData("redhat", "yum update -y")]
    [InlineData("atomic", "rpm-ostree upgrade")]
    public void Upgrading(string os, string command) => Assert.Equal(command, OsDialect.Of(os)!.Upgrade.ToString());

    [Theory]
    [InlineData("debian")]
    [InlineData("ubuntu")]
    public void Upgrading_with_apt_does_not_prompt_and_waits_for_the_lock(string os)
    {
        Program("apt-get", """echo "$DEBIAN_FRONTEND: $*" """);
        Assert.Equal("""
            noninteractive: -o DPkg::Lock::Timeout=600 update -q
            noninteractive: -o DPkg::Lock::Timeout=600 {options} dist-upgrade -y -q
            """.Replace("{options}", "-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold", StringComparison.Ordinal),
            Run(OsDialect.Of(os)!.Upgrade).Output);
        Program("apt-get", "exit 100");
        Assert.Equal(100, Run(OsDialect.Of(os)!.Upgrade).ExitCode);
    }

    [Fact]
    public void Only_atomic_deploys_versions()
    {
        Assert.Equal("rpm-ostree deploy 7.4", OsDialect.Of("atomic")!.Deploy!("7.4").ToString());
        Assert.Equal("rpm-ostree deploy '7; reboot'", OsDialect.Of("atomic")!.Deploy!("7; reboot").ToString());
        Assert.All(OsDialect.Supported.Remove("atomic"), os => Assert.Null(OsDialect.Of(os)!.Deploy));
    }

    [Theory]
    [InlineData("needs-restarting", "exit 0", "no", 0)]
    [InlineData("needs-restarting", "echo a core library; exit 1", "yes", 0)]
    [InlineData("needs-restarting", "exit 3", "", 2)]
    [InlineData("dnf", "[ \"$*\" = 'needs-restarting -r' ]", "no", 0)]
    [InlineData("dnf", "exit 1", "yes", 0)]
    [InlineData("yum", "exit 0", "", 2)]
    public void Rpm_systems_ask_needs_restarting(string program, string does, string answer, int status)
    {
        Program(program, does);
        foreach (var os in new[] { "fedora", "centos", "rhel", "redhat", "rocky", "almalinux" })
        {
            Assert.Equal((status, answer), Run(OsDialect.Of(os)!.RebootNeeded));
        }
    }

    [Theory]
    [InlineData("""{ "deployments" : [ { "staged" : true, "booted" : false } ] }""", "yes")]
    [InlineData("""{"deployments":[{"staged":true}]}""", "yes")]
    [InlineData("""{ "deployments" : [ { "staged" : false, "booted" : true } ] }""", "no")]
    public void Atomic_needs_a_reboot_for_a_staged_deployment(string status, string answer)
    {
        Program("rpm-ostree", $"[ \"$*\" = 'status --json' ] && echo '{status}'");
        Program("grep", "exec /usr/bin/env -i PATH=/usr/bin:/bin grep \"$@\"");
        Assert.Equal((0, answer), Run(OsDialect.Of("atomic")!.RebootNeeded));
    }

    [Fact]
    public void Debian_needs_a_reboot_if_a_file_exists() =>
        Assert.Equal((0, File.Exists("/run/reboot-required") ? "yes" : "no"), Run(OsDialect.Of("debian")!.RebootNeeded));

    [Fact]
    public void Only_the_expected_boot_is_rebooted()
    {
        Program("systemctl", "echo told to $*");
        Program("cat", "echo this-boot");
        Assert.Equal((0, "told to reboot"), Run(Reboot("this-boot")));
        Assert.Equal((0, ""), Run(Reboot("the-boot-before")));
        Assert.Equal((0, ""), Run(Reboot("")));
        Program("systemctl", "exit 4");
        Assert.Equal(4, Run(Reboot("this-boot")).ExitCode);
    }

    private static ShellCommand Reboot(string boot) =>
        TurnSteps.Command(TurnSteps.Reboot, RunSamples.Restart, OsDialect.Of("fedora")!, boot);

    // A shell writes the file: if this process did, a child that another test starts meanwhile would hold it open for writing, and Linux
    // does not execute such a file (ETXTBSY).
    private void Program(string name, string script)
    {
        var path = Path.Combine(_programs, name);
        var (status, _) = Sh.Run($"cat > '{path}' && chmod 700 '{path}'", Encoding.UTF8.GetBytes($"#!/bin/sh\n{script}\n"));
        Assert.Equal(0, status);
    }

    // Hides the programs of this machine, because some would reboot it.
    private (int ExitCode, string Output) Run(ShellCommand command)
    {
        var (status, output) = Sh.Run($"PATH={_programs}; sh() {{ /bin/sh \"$@\"; }}; {command} 2> /dev/null");
        return (status, Encoding.UTF8.GetString(output).TrimEnd('\n'));
    }
}
