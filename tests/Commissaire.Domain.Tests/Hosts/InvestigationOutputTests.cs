using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostSamples;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class InvestigationOutputTests
{
    private const string Heading = "Filesystem     1024-blocks Used Available Capacity Mounted on\n";

    private static readonly string Fedora = InvestigationOutput("fedora", "40");

    [Fact]
    public void Facts_are_read_from_the_output() => Assert.Equal((Facts, null), Investigation.Read(Fedora));

    [Fact]
    public void Windows_line_endings_are_accepted() =>
        Assert.Equal((Facts, null), Investigation.Read(Fedora.Replace("\n", "\r\n", StringComparison.Ordinal)));

    [Fact]
    public void A_banner_before_the_first_section_is_skipped() =>
        Assert.Equal(Facts, Investigation.Read("Authorized use only!\n" + Fedora).Facts);

    [Theory]
    [InlineData("ID=\"rhel\"\nVERSION_ID=\"7.9\"", "rhel", "7.9")]
    [InlineData("ID='centos'\nVERSION_ID='8'", "centos", "8")]
    [InlineData("# ID=fedora\n\nID=Debian\nVERSION_ID=12", "debian", "12")]
    [InlineData("NAME=\"Arch Linux\"\nID=arch", "arch", "")]
    [InlineData("PRETTY_NAME=\"a=b\"\n  ID=rocky  ", "rocky", "")]
    [InlineData("ID=\"my \\\"os\\\" \\$x\"\nVERSION_ID='1\"2'", "my \"os\" $x", "1\"2")]
    [InlineData("ID=my\\ os # comment\nVERSION_ID=\"a\"'b'c", "my os", "abc")]
    [InlineData("ID=\"unfinished\nVERSION_ID=\"", "unfinished", "")]
    public void An_os_release_is_read_like_a_shell_does(string release, string os, string version)
    {
        var facts = Read("os-release", release).Facts!;
        Assert.Equal((os, version), (facts.Os, facts.OsVersion));
    }

    [Fact]
    public void A_host_booted_by_ostree_is_atomic() => Assert.Equal("atomic", Read("ostree", "yes").Facts!.Os);

    [Theory]
    [InlineData("boot_id", "", "the boot ID '' is not well-formed")]
    [InlineData("boot_id", "6d1d5a530d4d4b4ca0f16c1f6c9f3f10", "the boot ID '6d1d5a530d4d4b4ca0f16c1f6c9f3f10' is not well-formed")]
    [InlineData("boot_id", "{6d1d5a53-0d4d-4b4c-a0f1-6c1f6c9f3f10}",
        "the boot ID '{6d1d5a53-0d4d-4b4c-a0f1-6c1f6c9f3f10}' is not well-formed")]
    [InlineData("os-release", "ID=fed\u202eora", "the operating system 'fed\u202eora' is not up to 64 printable ASCII characters")]
    [InlineData("os-release", "NAME=Something", "neither /etc/os-release nor /usr/lib/os-release names an ID")]
    [InlineData("os-release", "", "neither /etc/os-release nor /usr/lib/os-release names an ID")]
    public void An_unreadable_section_is_named(string section, string text, string problem) =>
        Assert.Equal((null, problem), Read(section, text));

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("== ")]
    [InlineData("== boot_id")]
    [InlineData("Please log in as core instead of root.")]
    public void An_answer_without_sections_is_rejected(string output) =>
        Assert.Equal("the boot ID '' is not well-formed", Investigation.Read(output).Problem);

    [Fact]
    public void Unreadable_text_is_cut_in_the_error() =>
        Assert.Equal($"the boot ID '{new string('x', 60)}…' is not well-formed", Read("boot_id", new string('x', 5_000)).Problem);

    [Theory]
    [InlineData("cpus", "undefined")]
    [InlineData("cpus", "-1")]
    [InlineData("cpus", "65537")]
    [InlineData("cpus", "")]
    [InlineData("memory", "MemTotal:")]
    [InlineData("memory", "MemTotal: lots kB")]
    [InlineData("memory", "MemTotal: 1125899906842625 kB")]
    [InlineData("memory", "")]
    [InlineData("space", "")]
    [InlineData("space", "Filesystem\n/dev/a 99999999999999999999 0 0 0% /")]
    [InlineData("space", "Filesystem\n/dev/a - - - - /")]
    [InlineData("kernel", "6.8\u001b[2J")]
    [InlineData("os-release", "ID=fedora\nVERSION_ID=\u202e40")]
    public void A_fact_that_cannot_be_read_is_missing(string section, string text)
    {
        var facts = Read(section, text).Facts!;
        var missing = section switch
        {
            "cpus" => Facts with { Cpus = 0 },
            "memory" => Facts with { MemoryKiB = 0 },
            "space" => Facts with { SpaceKiB = 0 },
            "kernel" => Facts with { Kernel = "" },
            _ => Facts with { OsVersion = "" },
        };
        Assert.Equal(missing, facts);
    }

    [Theory]
    [InlineData("/dev/vda1 100 0 100 0% /", 100)]
    [InlineData("rpool/ROOT/debian 70 0 70 0% /", 70)]
    [InlineData("overlay 70 0 70 0% /", 70)]
    [InlineData("/dev/mapper/fedora-root 8000000000 0 8000000000 0% /", 8_000_000_000)]
    public void Space_is_that_of_the_root_file_system(string line, long space) =>
        Assert.Equal(space, Read("space", Heading + line).Facts!.SpaceKiB);

    [Theory]
    [InlineData("/dev/vdb1 900 0 900 0% /var/lib/containers", 900L)]
    [InlineData("rpool/docker 900 0 900 0% /var/lib/docker", 900L)]
    [InlineData("/dev/sdb 20 0 20 0% /var/lib/with space", 20L)]
    [InlineData("/dev/vda1 50000000 0 100 0% /", null)]
    [InlineData("/dev/vda1 50000000 0 100 0% /var/lib/docker", null)]
    [InlineData("/dev/vdb1 99999999999999999999 0 0 0% /var/lib/docker", null)]
    public void Space_for_containers_is_known_if_it_is_another_file_system(string line, long? space) =>
        Assert.Equal(space, Investigation.Read(Fedora + "== container-space\n" + Heading + line + "\n").Facts!.ContainerSpaceKiB);

    [Theory]
    [InlineData("ID=linuxmint\nID_LIKE=\"Ubuntu debian\"", "ubuntu debian")]
    [InlineData("ID=x\nID_LIKE=debian", "debian")]
    [InlineData("ID=x\nID_LIKE=''", null)]
    [InlineData("ID=x", null)]
    public void Relatives_are_read_from_ID_LIKE(string release, string? like) =>
        Assert.Equal(like, Read("os-release", release).Facts!.OsLike);

    [Theory]
    [InlineData(Boot, Boot)]
    [InlineData("  " + Boot + "\n", Boot)]
    [InlineData("6D1D5A53-0D4D-4B4C-A0F1-6C1F6C9F3F10", Boot)]
    [InlineData("", null)]
    [InlineData("Last login: today\n" + Boot, null)]
    [InlineData("6d1d5a53-0d4d-4b4c-a0f1", null)]
    public void A_boot_id_is_a_complete_UUID(string output, string? boot) => Assert.Equal(boot, Investigation.BootId(output));

    private static (HostFacts? Facts, string? Problem) Read(string section, string text)
    {
        var sections = ("\n" + Fedora).Split("\n== ").Skip(1).Select(s => s.Split('\n')[0] == section ? $"{section}\n{text}\n" : s);
        return Investigation.Read("== " + string.Join("\n== ", sections));
    }
}
