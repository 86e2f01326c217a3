using System.Text;
using Commissaire.Domain.Tests.Shell;
using Commissaire.Hosts;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class InvestigationScriptTests
{
    [Fact]
    public void The_script_reports_the_facts_of_this_machine()
    {
        var (exit, output) = Sh.Run(Investigation.Command.ToString());
        var (facts, problem) = Investigation.Read(Encoding.UTF8.GetString(output));

        Assert.Equal((0, null), (exit, problem));
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), facts!.BootId);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), facts.Kernel);
        Assert.Contains($"ID={facts.Os}\n", File.ReadAllText("/etc/os-release").Replace("\"", "", StringComparison.Ordinal),
            StringComparison.Ordinal);
        Assert.Contains($" {facts.MemoryKiB} kB", File.ReadAllText("/proc/meminfo").Split('\n')[0], StringComparison.Ordinal);
        Assert.InRange(facts.Cpus, 1, 4096);
        Assert.True(facts.SpaceKiB > 0);
    }

    [Fact]
    public void The_script_is_POSIX() => Assert.DoesNotContain("[[", Investigation.Command.Words[2], StringComparison.Ordinal);

    [Fact]
    public void The_check_prints_the_boot_id()
    {
        var (exit, output) = Sh.Run(Investigation.Check.ToString());
        Assert.Equal(0, exit);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), Investigation.BootId(Encoding.UTF8.GetString(output)));
    }

    [Fact]
    public void An_os_release_without_a_final_newline_is_read_in_full() =>
        WithOsRelease("ID=fedora\nVERSION_ID=40", release =>
        {
            var facts = Gather(("/etc/os-release", release));
            Assert.Equal(("fedora", "40"), (facts!.Os, facts.OsVersion));
            Assert.True(facts.SpaceKiB > 0);
        });

    [Fact]
    public void Without_etc_os_release_the_one_in_usr_lib_is_read() =>
        WithOsRelease("ID=rocky\n", release =>
            Assert.Equal("rocky", Gather(("/etc/os-release", "/nowhere"), ("/usr/lib/os-release", release))!.Os));

    [Fact]
    public void A_host_booted_by_ostree_is_atomic() =>
        WithOsRelease("ID=rhel\n", release =>
            Assert.Equal("atomic", Gather(("/etc/os-release", release), ("/run/ostree-booted", release))!.Os));

    [Fact]
    public void A_fact_whose_tool_is_missing_is_missing()
    {
        var facts = Gather(("getconf", "no-such-program"), ("nproc", "no-such-program"), ("df -Pkl", "no-such-program"));
        Assert.Equal((0, 0L, null), (facts!.Cpus, facts.SpaceKiB, facts.ContainerSpaceKiB));
    }

    [Fact]
    public void A_fact_that_takes_too_long_is_missing_and_the_others_are_there()
    {
        var facts = Gather(("-s KILL 5", "-s KILL 2"), ("df -Pkl /;", "sleep 1000;"), ("df -Pkl /\n", "sleep 1000\n"));
        Assert.Equal(0, facts!.SpaceKiB);
        Assert.InRange(facts.Cpus, 1, 4096);
        Assert.Contains("limit df", Investigation.Command.Words[2], StringComparison.Ordinal);
    }

    private static HostFacts? Gather(params (string From, string To)[] replacements) => Investigation.Read(Printed(replacements)).Facts;

    private static string Printed(params (string From, string To)[] replacements)
    {
        var line = replacements.Aggregate(Investigation.Command.ToString(),
            (script, r) => script.Replace(r.From, r.To, StringComparison.Ordinal));
        return Encoding.UTF8.GetString(Sh.Run($"{{ {line}\n}} 2>/dev/null").Output);
    }

    private static void WithOsRelease(string osRelease, Action<string> read)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, osRelease);
            read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
