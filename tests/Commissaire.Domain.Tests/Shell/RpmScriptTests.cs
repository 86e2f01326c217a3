using System.Runtime.Versioning;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>What hosts with dnf, yum and rpm-ostree are told, and what they answer.</summary>
[SupportedOSPlatform("linux")]
public sealed class RpmScriptTests : ScriptSpec
{
    private const string Dnf4Yes = "Core libraries or services have been updated since boot-up:\n  * kernel\n\n"
        + "Reboot is required to fully utilize these updates.";

    private const string Dnf4No = "No core libraries or services have been updated since boot-up.\nReboot should not be necessary.";

    private const string YumYes = "Core libraries or services have been updated:\n  kernel -> 3.10\n\n"
        + "Reboot is required to ensure that your system benefits from these updates.";

    private const string YumNo = "No core libraries or services have been updated.\nReboot is probably not necessary.";

    private static readonly OsDialect Fedora = OsDialect.Of("fedora")!;
    private static readonly OsDialect CentOs = OsDialect.Of("centos")!;

    [Theory]
    [InlineData("fedora", "dnf")]
    [InlineData("rocky", "dnf")]
    [InlineData("almalinux", "dnf")]
    [InlineData("centos", "yum")]
    [InlineData("rhel", "yum")]
    [InlineData("redhat", "yum")]
    public void Upgrading_and_installing(string os, string tool)
    {
        Program(tool, "echo Complete!");
        var done = Run(OsDialect.Of(os)!.Upgrade);
        Assert.Equal((0, "Complete!\n"), (done.ExitCode, done.Output));
        Assert.Equal(0, Run(OsDialect.Of(os)!.Install!("docker; reboot")).ExitCode);
        Assert.Equal([$"{tool} update -y", $"{tool} install -y docker; reboot"], Calls);
        Program(tool, "echo 'Error: no' >&2; exit 3");
        Assert.Equal((3, 3), (Run(OsDialect.Of(os)!.Upgrade).ExitCode, Run(OsDialect.Of(os)!.Install!("docker")).ExitCode));
    }

    [Theory]
    [InlineData("needs-restarting", "needs-restarting -r", Dnf4Yes, 1, "yes")]
    [InlineData("needs-restarting", "needs-restarting -r", Dnf4No, 0, "no")]
    [InlineData("needs-restarting", "needs-restarting -r", YumYes, 1, "yes")]
    [InlineData("needs-restarting", "needs-restarting -r", YumNo, 0, "no")]
    [InlineData("dnf", "dnf needs-restarting -r", "Updating and loading repositories:\nRepositories loaded.\n" + Dnf4Yes, 1, "yes")]
    [InlineData("dnf", "dnf needs-restarting -r", Dnf4No, 0, "no")]
    public void An_answer_of_needs_restarting_is_recognised(string program, string call, string prints, int status, string answer)
    {
        Program(program, $"echo '{prints}'; exit {status}");
        Assert.Equal(answer == "yes" ? new RebootAnswer.Needed() : new RebootAnswer.NotNeeded(),
            RebootAnswer.Read(Run(Fedora.RebootNeeded).Output));
        Assert.Equal([call], Calls);
    }

    [Theory]
    [InlineData("needs-restarting", "", 0, "'needs-restarting -r' ended with status 0 and without a known answer")]
    [InlineData("needs-restarting", "", 1, "'needs-restarting -r' ended with status 1 and without a known answer")]
    [InlineData("needs-restarting", Dnf4Yes, 0, "'needs-restarting -r' ended with status 0 and without a known answer")]
    [InlineData("needs-restarting", Dnf4No, 1, "'needs-restarting -r' ended with status 1 and without a known answer")]
    [InlineData("needs-restarting", "Traceback (most recent call last):\nKeyError: 1", 1,
        "'needs-restarting -r' ended with status 1 and without a known answer")]
    [InlineData("dnf", "No such command: needs-restarting. Please use /usr/bin/dnf --help", 1, "needs-restarting is not installed")]
    [InlineData("dnf", "Unknown argument \"needs-restarting\" for command \"dnf5\".", 2, "needs-restarting is not installed")]
    [InlineData("dnf", "Error: Failed to download metadata for repo 'fedora'", 1,
        "'dnf needs-restarting -r' ended with status 1 and without a known answer")]
    [InlineData("yum", Dnf4No, 0, "needs-restarting is not installed")]
    public void A_status_without_its_sentence_tells_nothing(string program, string prints, int status, string why)
    {
        Program(program, $"cat <<'END'\n{prints}\nEND\nexit {status}");
        var done = Run(CentOs.RebootNeeded);
        Assert.Equal(0, done.ExitCode);
        Assert.StartsWith(why, Assert.IsType<RebootAnswer.Unknown>(RebootAnswer.Read(done.Output)).Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dnf_5_without_the_option_is_asked_without_it()
    {
        Program("dnf", $"""
            case $* in *-r) echo 'Unknown argument "-r" for command "needs-restarting".' >&2; exit 2; esac
            echo '{Dnf4Yes}'
            exit 1
            """);
        Assert.Equal(new RebootAnswer.Needed(), RebootAnswer.Read(Run(Fedora.RebootNeeded).Output));
    }

    [Theory]
    [InlineData("""{ "deployments" : [ { "staged" : true, "booted" : false }, { "booted": true } ] }""", "yes")]
    [InlineData("""{"deployments":[{"booted":false},{"booted":true}]}""", "yes")]
    [InlineData("""{"deployments":[{"staged":false,"booted":true},{"booted":false}]}""", "no")]
    [InlineData("""{"deployments":[{"staged":true}]}""", "rpm-ostree lists no booted deployment")]
    [InlineData("""{"deployments":[]}""", "rpm-ostree lists no booted deployment")]
    [InlineData("""{"deployments":7}""", null)]
    public void Atomic_needs_a_reboot_for_a_deployment_that_is_not_booted(string status, string? answer)
    {
        Program("rpm-ostree", $"[ \"$*\" = 'status --json' ] && echo '{status}'");
        RebootAnswer? expected = answer switch
        {
            "yes" => new RebootAnswer.Needed(),
            "no" => new RebootAnswer.NotNeeded(),
            null => null,
            var why => new RebootAnswer.Unknown(why),
        };
        Assert.Equal(expected, RebootAnswer.Read(Run(OsDialect.Of("atomic")!.RebootNeeded).Output));
    }

    [Fact]
    public void An_atomic_host_without_an_answer_cannot_tell()
    {
        Program("rpm-ostree", "echo 'error: Loading sysroot: exit status: 1' >&2; exit 1");
        Assert.Equal(new RebootAnswer.Unknown("'rpm-ostree status' ended with status 1"),
            RebootAnswer.Read(Run(OsDialect.Of("atomic")!.RebootNeeded).Output));
    }

    [Fact]
    public void A_lock_of_a_live_dnf_or_yum_ends_the_step_and_names_the_holder()
    {
        Program("yum", "echo Complete!");
        File("/var/run/yum.pid", "4711");
        Assert.Equal(0, Run(CentOs.Upgrade).ExitCode);
        File("/proc/4711/comm", "bash\n");
        Assert.Equal(0, Run(CentOs.Upgrade).ExitCode);
        Forget();
        File("/proc/4711/comm", "yum\n");
        var done = Run(CentOs.Upgrade);
        Assert.StartsWith(
            "the package manager is busy: process 4711 (yum) holds its lock", PackageLock.Holder(done), StringComparison.Ordinal);
        Assert.Empty(Calls);
    }

    [Fact]
    public void A_transaction_of_yum_that_was_cut_off_is_completed_first()
    {
        Program("yum", "echo Complete!");
        File("/var/lib/yum/transaction-all.2026-01-01.12:00.00");
        var missing = Run(CentOs.Install!("docker"));
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("install yum-utils", missing.Error, StringComparison.Ordinal);
        Program("yum-complete-transaction", "exit 0");
        Assert.Equal(0, Run(CentOs.Install!("docker")).ExitCode);
        Assert.Equal(["yum-complete-transaction -y", "yum install -y docker"], Calls);
    }

    [Fact]
    public void Duplicates_that_a_power_cut_left_are_removed_first_but_never_kernels()
    {
        Program("rpm", """
            case $* in -qa*) ;; *) exit ;; esac
            printf 'kernel.x86_64\nkernel.x86_64\nbash.x86_64\n'
            if [ -e "$files/cut" ]; then echo bash.x86_64; fi
            """);
        Program("dnf", "case $* in *repoquery*) echo bash-5.1-1.x86_64 ;; esac; echo Complete! >&2");
        Assert.Equal(0, Run(Fedora.Upgrade).ExitCode);
        Assert.DoesNotContain(Calls, call => call.Contains("remove", StringComparison.Ordinal));
        File("/cut");
        Forget();
        Assert.Equal(0, Run(Fedora.Upgrade).ExitCode);
        Assert.Equal(
        [
            "dnf -q repoquery --installed --duplicates --latest-limit=-1",
            "dnf remove -y --setopt=clean_requirements_on_remove=False bash-5.1-1.x86_64",
            "dnf update -y",
        ], Calls.Where(call => call.StartsWith("dnf", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_broken_database_of_rpm_is_rebuilt_first()
    {
        Program("rpm", "case $* in '-q rpm') echo 'error: rpmdb: BDB0113 Thread/process 1/2 failed: BDB1507' >&2 ;; esac");
        Program("yum", "echo Complete!");
        Assert.Equal(0, Run(CentOs.Upgrade).ExitCode);
        Assert.Equal("rpm --rebuilddb", Calls[1]);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("fedora Fedora 42", 0)]
    public void A_dnf_5_without_repositories_did_nothing(string repositories, int status)
    {
        Program("dnf", $"case $* in repolist) printf '%s' '{repositories}' ;; *) echo 'Nothing to do.' ;; esac");
        File("/etc/yum.repos.d/fedora.repo");
        Assert.Equal(status, Run(Fedora.Upgrade).ExitCode);
    }
}
