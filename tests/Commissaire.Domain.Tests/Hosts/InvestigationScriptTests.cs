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
    public void A_host_without_getconf_names_the_missing_fact() =>
        Assert.Equal("the number of processors '' is not a number", Investigation.Read(Printed(("getconf", "no-such-program"))).Problem);

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
