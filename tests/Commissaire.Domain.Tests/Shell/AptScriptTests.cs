using System.Runtime.Versioning;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>What Debian and Ubuntu hosts are told, and what they answer.</summary>
[SupportedOSPlatform("linux")]
public sealed class AptScriptTests : ScriptSpec
{
    private const string Keep = "-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold";
    private const string Update = "apt-get -o DPkg::Lock::Timeout=10 -o APT::Update::Error-Mode=any update -q";
    private const string Upgrade = $"apt-get -o DPkg::Lock::Timeout=10 {Keep} dist-upgrade -y -q";
    private const string Unresolved = "W: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease  "
        + "Temporary failure resolving 'deb.debian.org'";

    private static readonly OsDialect Debian = OsDialect.Of("debian")!;

    [Fact]
    public void An_upgrade_asks_nothing_and_fails_for_any_repository()
    {
        Program("apt-get", """echo "$DEBIAN_FRONTEND $LC_ALL" """);
        var done = Run(Debian.Upgrade);
        Assert.Equal((0, "noninteractive C\nnoninteractive C\n"), (done.ExitCode, done.Output));
        Assert.Equal([Update, Upgrade], Calls);
    }

    [Theory]
    [InlineData(Unresolved)]
    [InlineData("W: Some index files failed to download. They have been ignored, or old ones used instead.")]
    public void An_old_apt_that_only_warns_fails_the_upgrade_too(string warning)
    {
        Program("apt-get", $"echo \"{warning}\" >&2");
        var done = Run(Debian.Upgrade);
        Assert.Equal((100, warning), (done.ExitCode, ToolError.Cause(done.Output, done.Error)));
        Assert.Single(Calls);
    }

    [Fact]
    public void A_failed_upgrade_keeps_its_status_and_its_first_error()
    {
        Program("apt-get", """
            case "$*" in *upgrade*) echo 'dpkg: error processing package foo (--configure):'; echo ' script failed'; exit 7; esac
            """);
        var done = Run(Debian.Upgrade);
        Assert.Equal((7, "dpkg: error processing package foo (--configure): script failed"),
            (done.ExitCode, ToolError.Cause(done.Output, done.Error)));
    }

    [Fact]
    public void An_interrupted_dpkg_is_completed_first_with_the_same_answers()
    {
        Program("apt-get", """
            case "$*" in *update*) exit 0; esac
            if [ -e "$files/configured" ]; then exit 0; fi
            echo "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'" >&2
            exit 100
            """);
        Program("dpkg", ": > \"$files/configured\"");
        Assert.Equal(0, Run(Debian.Upgrade).ExitCode);
        Assert.Equal([Update, Upgrade, "dpkg --force-confdef --force-confold --configure -a", Upgrade], Calls);
    }

    [Fact]
    public void Half_installed_packages_are_completed_first_in_a_bootstrap_too()
    {
        Program("apt-get", """
            case "$*" in *'-f install'*) : > "$files/fixed"; exit 0; esac
            if [ ! -e "$files/fixed" ]; then echo "E: Unmet dependencies. Try 'apt --fix-broken install' with no packages" >&2; exit 100; fi
            """);
        Assert.Equal(0, Run(Debian.Install!("docker.io")).ExitCode);
        Assert.Equal(["apt-get install -y -q docker.io", $"apt-get {Keep} -f install -y -q", "apt-get install -y -q docker.io"], Calls);
    }

    [Fact]
    public void A_package_that_cannot_be_completed_is_the_reason()
    {
        Program("apt-get", "echo \"E: dpkg was interrupted, you must manually run 'dpkg --configure -a'\" >&2; exit 100");
        Program("dpkg", "echo 'dpkg: error processing package foo (--configure):'; echo ' no space'; exit 1");
        var done = Run(Debian.Install!("docker.io"));
        Assert.Equal(100, done.ExitCode);
        Program("dpkg", "echo 'dpkg: error: dpkg frontend lock was locked by another process with pid 12' >&2; exit 2");
        Assert.Contains("process 12 holds its lock", PackageLock.Holder(Run(Debian.Install!("docker.io"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_package_that_is_not_found_is_looked_for_in_new_lists()
    {
        Program("apt-get", """
            case "$*" in
              update*) echo 'Hit:1 http://deb.debian.org'; : > "$files/lists" ;;
              *) if [ ! -e "$files/lists" ]; then echo 'E: Unable to locate package docker.io' >&2; exit 100; fi ;;
            esac
            """);
        Assert.Equal(0, Run(Debian.Install!("docker.io")).ExitCode);
        Assert.Equal(["apt-get install -y -q docker.io", "apt-get update -q", "apt-get install -y -q docker.io"], Calls);
    }

    [Fact]
    public void Without_a_network_the_reason_of_a_missing_package_is_the_network()
    {
        Program("apt-get", $"""
            case "$*" in
              update*) echo "{Unresolved}" >&2 ;;
              *) echo 'E: Unable to locate package docker.io' >&2; exit 100 ;;
            esac
            """);
        var done = Run(Debian.Install!("docker.io"));
        Assert.Equal((100, Unresolved), (done.ExitCode, ToolError.Cause(done.Output, done.Error)));
        Assert.Contains("E: Unable to locate package docker.io", done.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 100)]
    [InlineData("Hit:1 http://deb.debian.org bookworm InRelease", 0)]
    [InlineData("Get:2 http://deb.debian.org bookworm InRelease [151 kB]", 0)]
    public void Lists_are_updated_if_any_repository_answers(string line, int status)
    {
        Program("apt-get", $"echo 'Ign:1 http://third.party'; echo '{line}'; echo \"{Unresolved}\" >&2");
        Assert.Equal(status, Run(Debian.EnableRepositories("12")!).ExitCode);
    }

    [Theory]
    [InlineData("6.1.0-20-amd64", "", "no")]
    [InlineData("6.1.0-20-amd64", "6.1.0-9-amd64 6.1.0-20-amd64", "no")]
    [InlineData("6.1.0-9-amd64", "6.1.0-9-amd64 6.1.0-20-amd64", "yes")]
    [InlineData("6.1.0-20-amd64", "6.1.0-20-amd64 6.1.0-20-cloud-amd64", "no")]
    [InlineData("5.15.0-105-generic", "5.15.0-105-generic 6.8.0-40-generic", "yes")]
    [InlineData("6.12.41+deb13-amd64", "6.12.41+deb13-amd64 6.12.48+deb13-amd64", "yes")]
    [InlineData("6.8.0-40-generic", "5.15.0-105-generic", "yes")]
    public void A_reboot_is_needed_for_the_newest_kernel(string running, string installed, string answer)
    {
        Program("uname", $"echo {running}");
        foreach (var kernel in installed.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            File($"/boot/vmlinuz-{kernel}");
        }

        File("/boot/vmlinuz-99.0.0-1-amd64.dpkg-new");
        File("/boot/vmlinuz.old");
        var done = Run(Debian.RebootNeeded);
        Assert.Equal((0, answer), (done.ExitCode, done.Output.TrimEnd().Split('\n')[^1]));
    }

    [Theory]
    [InlineData("/run/reboot-required")]
    [InlineData("/var/run/reboot-required")]
    public void A_reboot_is_needed_if_the_marker_exists(string marker)
    {
        Program("uname", "echo 6.1.0-20-amd64");
        File(marker);
        Assert.Equal(new RebootAnswer.Needed(), RebootAnswer.Read(Run(Debian.RebootNeeded).Output));
    }
}
