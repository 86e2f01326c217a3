using System.Diagnostics;
using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Tests;

public sealed class StandInTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    private LabEnvironment Lab => fixture.Lab;

    [Fact]
    public async Task A_host_writes_down_what_it_was_told_by_whom_and_during_which_boot()
    {
        var host = await fixture.Host();

        // The log has milliseconds, rounded down.
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-1);
        await Ssh.Run(Lab, host, "sudo -n -- sh -c 'dnf install -y docker'; systemctl is-active docker", "core");
        var after = DateTimeOffset.UtcNow;

        Assert.Collection(
            host.Commands,
            told =>
            {
                Assert.Equal(["dnf", "install", "-y", "docker"], told.Argv);
                Assert.Equal(("root", "core", host.BootId), (told.User, told.SudoUser, told.Boot));
                Assert.InRange(told.At, before, after);
            },
            told => Assert.Equal(("systemctl is-active docker", "core", ""), (told.ToString(), told.User, told.SudoUser)));
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("")]
    [InlineData("\"quoted\" 'twice' \\ and more")]
    [InlineData("a tab\tand a\nnew line")]
    [InlineData("$HOME `id` $(id) * ?")]
    [InlineData("größer — 大きい")]
    public async Task Arguments_are_written_down_as_they_are(string argument)
    {
        var host = await fixture.Host();

        await Ssh.Run(Lab, host, $"dnf list '{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'");

        Assert.Equal(["dnf", "list", argument], Assert.Single(host.Commands).Argv);
    }

    [Fact]
    public async Task Many_at_once_are_all_written_down()
    {
        var host = await fixture.Host();

        await Ssh.Run(Lab, host, "for i in $(seq 100); do systemctl is-active unit$i & done; wait");

        Assert.Equal(100, host.Commands.Select(told => told.Argv[2]).Distinct().Count());
    }

    [Fact]
    public async Task A_script_decides_how_a_command_ends_and_what_it_says()
    {
        var host = await fixture.Host();
        host.Script("dnf", new Behaviour { When = "install *docker*", ExitCode = 7, Output = "it's\n", Error = "no space\n" });

        var docker = await Ssh.Run(Lab, host, "dnf install -y docker");
        var flannel = await Ssh.Run(Lab, host, "dnf install -y flannel");

        Assert.Equal(new SshResult(7, "it's\n", "no space\n"), docker);
        Assert.Equal(0, flannel.ExitCode);
    }

    [Fact]
    public async Task The_newest_script_wins_and_may_hold_a_few_times_only()
    {
        var host = await fixture.Host();
        host.Script("systemctl", new Behaviour { ExitCode = 1 });
        host.Script("systemctl", new Behaviour { ExitCode = 2, Times = 2 });

        var ends = await Ssh.Run(Lab, host, "for i in 1 2 3; do systemctl start docker; echo $?; done");
        host.Unscript("systemctl");
        var unscripted = await Ssh.Run(Lab, host, "systemctl start docker");

        Assert.Equal("2\n2\n1\n", ends.Output);
        Assert.Equal(0, unscripted.ExitCode);
    }

    [Fact]
    public async Task A_command_that_takes_long_ends_after_that()
    {
        var host = await fixture.Host();
        host.Script("dnf", new Behaviour { Takes = TimeSpan.FromMilliseconds(400) });
        var watch = Stopwatch.StartNew();

        await Ssh.Run(Lab, host, "dnf update -y");

        Assert.True(watch.ElapsedMilliseconds >= 400);
    }

    [Fact]
    public async Task A_held_command_ends_when_its_script_is_removed()
    {
        var host = await fixture.Host();
        host.Script("dnf", new Behaviour { Held = true });

        using var held = Ssh.Start(Lab, host, "dnf update -y");
        await host.WaitForCommand(command => command.ToString() == "dnf update -y");
        Assert.True(held.Runs);
        host.Unscript("dnf");

        Assert.Equal(0, (await held.End()).ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_that_hangs_or_takes_too_long_can_be_killed(bool hangs)
    {
        var host = await fixture.Host();
        host.Script("dnf", new Behaviour { Hangs = hangs, Takes = hangs ? TimeSpan.Zero : TimeSpan.FromHours(1) });

        using var told = Ssh.Start(Lab, host, "timeout 3600 dnf update -y; echo $?");
        await host.WaitForCommand(command => command.ToString() == "dnf update -y");
        Assert.True(told.Runs);
        await Ssh.Run(Lab, host, "pkill timeout");

        Assert.Equal("143\n", (await told.End()).Output);
    }

    [Fact]
    public Task A_script_for_a_command_the_distribution_lacks_is_refused() =>
        Assert.ThrowsAsync<LabException>(async () => (await fixture.Host(LabOs.Debian)).Script("dnf", new Behaviour()));

    [Fact]
    public async Task Units_remember_what_was_done_to_them()
    {
        var host = await fixture.Host();

        var said = await Ssh.Run(
            Lab,
            host,
            """
            systemctl is-active docker
            systemctl enable --now docker.service 2>/dev/null; systemctl is-active docker flanneld; systemctl is-enabled docker
            systemctl stop docker; systemctl is-active docker; echo $?
            """);

        Assert.Equal("inactive\nactive\ninactive\nenabled\ninactive\n3\n", said.Output);
    }

    [Theory]
    [InlineData("fedora", "dnf update -y", "needs-restarting -r; dnf needs-restarting -r", 1)]
    [InlineData("centos7", "yum update -y", "needs-restarting -r", 1)]
    [InlineData("debian", "apt-get -y dist-upgrade", "test ! -e /run/reboot-required", 1)]
    public async Task An_upgrade_may_need_a_reboot_and_a_reboot_satisfies_it(string os, string upgrade, string question, int yes)
    {
        var host = await Lab.AddHost(new LabHostOptions { Os = LabOs.Parse(os), UpgradesNeedReboot = true });

        var before = await Ssh.Run(Lab, host, question);
        var after = await Ssh.Run(Lab, host, $"{upgrade} >/dev/null; {question}");
        host.NextReboot = new Reboot { Away = TimeSpan.Zero };
        await Ssh.Run(Lab, host, "reboot");
        await host.WaitForBoot(2);
        var rebooted = await Ssh.Run(Lab, host, question);

        Assert.Equal((0, yes, 0), (before.ExitCode, after.ExitCode, rebooted.ExitCode));
    }

    [Theory]
    [InlineData("fedora", "dnf install -y docker")]
    [InlineData("debian", "apt-get install -y docker.io")]
    [InlineData("rhel", "subscription-manager repos --enable=extras")]
    [InlineData("atomic", "rpm-ostree upgrade")]
    [InlineData("bootc", "bootc upgrade")]
    [InlineData("fedora", "systemctl restart docker")]
    [InlineData("fedora", "systemctl reboot")]
    [InlineData("fedora", "reboot")]
    [InlineData("fedora", "shutdown -r now")]
    public async Task What_needs_root_is_refused_to_others(string os, string command)
    {
        var host = await fixture.Host(LabOs.Parse(os));

        var refused = await Ssh.Run(Lab, host, command, "core");

        Assert.InRange(refused.ExitCode, 1, 100);
        Assert.NotEmpty(refused.Error);
        Assert.Equal(1, host.Boots);
    }

    [Theory]
    [InlineData("fedora", "dnf install docker")]
    [InlineData("debian", "apt-get install docker.io")]
    public async Task A_package_manager_that_would_ask_back_aborts(string os, string command)
    {
        var host = await fixture.Host(LabOs.Parse(os));

        Assert.Equal(1, (await Ssh.Run(Lab, host, command)).ExitCode);
    }
}
