using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Tests;

public sealed class IsolationTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    private LabEnvironment Lab => fixture.Lab;

    [Theory]
    [InlineData("/etc")]
    [InlineData("/run")]
    [InlineData("/var/run")]
    [InlineData("/var/lib")]
    [InlineData("/var/log")]
    [InlineData("/tmp")]
    [InlineData("/root")]
    [InlineData("/opt")]
    [InlineData("/usr/local/bin")]
    [InlineData("/dev/shm")]
    [InlineData("")]
    public async Task What_is_written_stays_in_the_host(string directory)
    {
        var host = await fixture.Host();
        var file = $"{directory}/lab-{Guid.NewGuid():n}";

        var written = await Ssh.Run(Lab, host, $"echo here > {file} && cat {file}");

        Assert.Equal("here\n", written.Output);
        Assert.False(File.Exists(file));
        if (directory != "/dev/shm")
        {
            Assert.Equal("here\n", await File.ReadAllTextAsync(host.FilePath(file)));
        }
    }

    [Theory]
    [InlineData("rm -f /usr/bin/env")]
    [InlineData("touch /usr/bin/anything")]
    [InlineData("touch /etc/alternatives/anything")]
    [InlineData("mount -o remount,rw /usr")]
    [InlineData("umount /usr")]
    [InlineData("umount /proc/sys/kernel/random/boot_id")]
    [InlineData("echo anything > /proc/sys/kernel/domainname")]
    [InlineData("echo s > /proc/sysrq-trigger")]
    [InlineData("mkdir /sys/fs/cgroup/anything")]
    [InlineData("mknod /tmp/disk b 254 0")]
    [InlineData("ip link add lab-test type dummy")]
    [InlineData("date -s 2000-01-01")]
    [InlineData("hostname anything")]
    [InlineData("nsenter --target 1 --mount true")]
    [InlineData("ls /proc/1/root/")]
    public async Task Root_of_a_host_cannot(string command)
    {
        var host = await fixture.Host();

        var tried = await Ssh.Run(Lab, host, command);

        Assert.NotEqual(0, tried.ExitCode);
        Assert.True(File.Exists("/usr/bin/env"));
    }

    [Fact]
    public async Task Root_of_a_host_can_kill_its_own_processes_only()
    {
        var (host, other) = (await fixture.Host(), await fixture.Host());

        await Ssh.Run(Lab, host, "kill -9 -1");

        Assert.Equal(0, (await Ssh.Run(Lab, other, "true")).ExitCode);
    }

    [Fact]
    public async Task A_host_sees_its_own_processes_and_name_only()
    {
        var host = await fixture.Host();

        var seen = await Ssh.Run(Lab, host, "hostname; cat /proc/[0-9]*/comm | sort -u | grep -v -e sshd -e bash -e sort -e grep -e cat");

        Assert.Equal($"fedora-{host.Address.ToString().Replace('.', '-')}\nsh\n", seen.Output);
    }

    public static TheoryData<string> Distributions => [.. LabOs.All.Select(os => os.Name)];

    [Theory]
    [MemberData(nameof(Distributions))]
    public async Task A_host_has_the_commands_of_its_distribution_and_no_others(string name)
    {
        var os = LabOs.Parse(name);
        var host = await fixture.Host(os);
        string[] asked =
        [
            "apt", "apt-get", "apt-mark", "bootc", "dnf", "dpkg", "dpkg-query", "kubeadm", "needs-restarting", "poweroff", "reboot",
            "rpm", "rpm-ostree", "shutdown", "subscription-manager", "systemctl", "yum", "yum-complete-transaction",
        ];

        var found = await Ssh.Run(Lab, host, $"for c in {string.Join(' ', asked)}; do command -v $c >/dev/null && echo $c; done", "core");

        Assert.Equal(os.Commands.Order(StringComparer.Ordinal), found.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("/usr/bin/apt-get")]
    [InlineData("/usr/bin/dpkg")]
    [InlineData("/bin/apt")]
    [InlineData("sudo -n apt-get")]
    public async Task The_machines_own_package_manager_is_out_of_reach(string command)
    {
        var host = await fixture.Host();

        var tried = await Ssh.Run(Lab, host, $"{command} --version");

        Assert.NotEqual(0, tried.ExitCode);
        Assert.Empty(tried.Output);
    }

    [Theory]
    [InlineData("fedora", "fedora", "42")]
    [InlineData("atomic", "fedora", "42")]
    [InlineData("centos", "centos", "9")]
    [InlineData("centos7", "centos", "7")]
    [InlineData("rhel", "rhel", "9.5")]
    [InlineData("redhat", "rhel", "9.5")]
    [InlineData("rhel7", "rhel", "7.9")]
    [InlineData("rocky", "rocky", "9.5")]
    [InlineData("almalinux", "almalinux", "9.5")]
    [InlineData("debian", "debian", "12")]
    [InlineData("ubuntu", "ubuntu", "24.04")]
    [InlineData("alpine", "alpine", "3.21.3")]
    public async Task A_host_says_which_distribution_it_is(string name, string id, string version)
    {
        var host = await fixture.Host(LabOs.Parse(name));

        var said = await Ssh.Run(
            Lab,
            host,
            ". /etc/os-release; echo $ID $VERSION_ID; cmp /etc/os-release /usr/lib/os-release; test -e /run/ostree-booted; echo $?");

        Assert.Equal($"{id} {version}\n{(name == "atomic" ? 0 : 1)}\n", said.Output);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_lab_that_was_disposed()
    {
        string directory;
        Traces traces;
        await using (var lab = await LabEnvironment.Start())
        {
            var host = await lab.AddHost();
            await Ssh.Run(lab, host, "nohup sleep 1000 >/dev/null 2>&1 &");
            directory = lab.Directory;
            traces = Traces.Of(directory);
            Assert.NotEmpty(traces.Processes());
        }

        Assert.Empty(traces.Processes());
        Assert.False(Directory.Exists(directory));
        Assert.DoesNotContain(directory, await File.ReadAllTextAsync("/proc/self/mountinfo"), StringComparison.Ordinal);
    }
}
