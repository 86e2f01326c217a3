using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostSamples;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class InvestigationOutputTests
{
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
    [InlineData("cpus", "undefined", "the number of processors 'undefined' is not a number")]
    [InlineData("cpus", "-1", "the number of processors '-1' is not a number")]
    [InlineData("cpus", "65537", "the number of processors '65537' is not a number up to 65536")]
    [InlineData("memory", "MemTotal: 1125899906842625 kB",
        "the memory 'MemTotal: 1125899906842625 kB' is not a number of kB up to 1125899906842624")]
    [InlineData("space", "Filesystem\n/dev/a 99999999999999999999 0 0 0% /",
        "the size '99999999999999999999' of file system '/dev/a' is not a number of KiB up to 1125899906842624")]
    [InlineData("space", "Filesystem\n/dev/a 1125899906842624 0 0 0% /\n/dev/b 1 0 0 0% /b",
        "all file systems together have 1125899906842625 KiB, more than 1125899906842624")]
    [InlineData("kernel", "6.8\u001b[2J", "the kernel '6.8\u001b[2J' is not up to 64 printable ASCII characters")]
    [InlineData("os-release", "ID=fedora\nVERSION_ID=\u202e40",
        "the version of the operating system '\u202e40' is not up to 64 printable ASCII characters")]
    [InlineData("memory", "MemTotal:", "the memory 'MemTotal:' is not a number of kB")]
    [InlineData("memory", "MemTotal: lots kB", "the memory 'MemTotal: lots kB' is not a number of kB")]
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

    public static TheoryData<string, long> FileSystems => new()
    {
        { "/dev/vda1 100 0 100 0% /\n/dev/vda2 30 0 30 0% /home", 130 },
        { "/dev/vda1 100 0 100 0% /\n/dev/vda1 100 0 100 0% /var/lib/docker\n/dev/vda1 100 0 100 0% /etc/hosts", 100 },
        { "/dev/vda1 100 0 100 0% /\ntmpfs 50 0 50 0% /run\ndevtmpfs 50 0 50 0% /dev", 100 },
        { "/dev/vda1 100 0 100 0% /\nfiler:/export 9000 0 9000 0% /mnt\n//filer/share 9000 0 9000 0% /smb", 100 },
        { "/dev/vda1 100 0 100 0% /\n/dev/sdb 20 0 20 0% /mnt/with space", 120 },
        { "/dev/vda1 100 0 100 0% /\n/dev/sdc - - - - /mnt/broken", 100 },
        { "overlay 70 0 70 0% /\ntmpfs 50 0 50 0% /run", 70 },
        { "rpool/ROOT 70 0 70 0% /", 70 },
        { "/dev/mapper/fedora-root 8000000000 0 8000000000 0% /", 8_000_000_000 },
        { "tmpfs 50 0 50 0% /run", 0 },
        { "", 0 },
    };

    [Theory]
    [MemberData(nameof(FileSystems))]
    public void Space_counts_each_local_device_once(string mounts, long space) =>
        Assert.Equal(space, Read("space", "Filesystem     1024-blocks Used Available Capacity Mounted on\n" + mounts).Facts!.SpaceKiB);

    [Fact]
    public void The_output_of_busybox_df_is_read() =>
        Assert.Equal(10_188_088, Read("space", """
            Filesystem           1024-blocks    Used Available Capacity Mounted on
            devtmpfs                 10240         0     10240   0% /dev
            /dev/sda3             10188088    871236   8777612   9% /
            /dev/sda3             10188088    871236   8777612   9% /home
            """).Facts!.SpaceKiB);

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
