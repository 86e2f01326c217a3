using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Hosts whose logins print, ask, advise or run something else, and commands whose output outlives them.</summary>
public sealed class OddLoginsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("echo 'Welcome to host 7'; echo 'You have mail' >&2; printf 'no line break'")]
    [InlineData("read -r answer; echo \"You said: $answer\"")]
    [InlineData("cat")]
    [InlineData("export LC_ALL=de_DE.UTF-8 LANGUAGE=de; alias cat='echo alias'; set -u")]
    [InlineData("echo '== boot_id'; echo 11111111-2222-3333-4444-555555555555; echo '== cpus'; echo 99")]
    public async Task What_a_start_up_file_prints_or_asks_is_no_answer(string script)
    {
        var host = await fixture.AddHost(LabOs.Fedora);
        host.OnLogin(script + "\n");
        await fixture.Register(host, user: "core");

        var seen = await fixture.WaitFor(host, "disassociated");

        Assert.Equal((host.BootId, "fedora"), (seen["boot_id"], seen["os"]));
        Assert.NotEqual("99", seen["cpus"]);
        Assert.DoesNotContain("failed", await fixture.History(host));
    }

    [Fact]
    public async Task A_host_that_runs_a_forced_command_is_quoted()
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions { ForceCommand = "echo 'Please log in as admin'" });
        await fixture.Register(host);
        var failed = await fixture.WaitFor(host, "failed");
        Assert.Contains("printed 'Please log in as admin' and ended with exit status 0", failed["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_echoes_the_command_line_is_not_believed()
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions { ForceCommand = "printf '%s\\n' \"$SSH_ORIGINAL_COMMAND\"" });
        await fixture.Register(host);
        var failed = await fixture.WaitFor(host, "failed");
        Assert.StartsWith("investigation: the host did not run the command of user 'root'", failed["reason"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/usr/bin/tcsh")]
    [InlineData("/usr/bin/fish")]
    [InlineData("/bin/dash")]
    public async Task A_login_shell_that_is_not_bash_runs_every_command(string shell)
    {
        var host = await fixture.AddHost(LabOs.Fedora);
        host.SetLoginShell(shell);
        await fixture.Register(host, user: "core");

        await fixture.WaitFor(host, "disassociated");

        Assert.DoesNotContain("failed", await fixture.History(host));
        Assert.Contains("--log-driver=journald", ServerFixture.ReadFile(host, "/etc/sysconfig/docker"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/usr/sbin/nologin", "This account is currently not available.")]
    [InlineData("/bin/false", "printed nothing and ended with exit status 1")]
    public async Task A_login_shell_that_runs_nothing_is_named(string shell, string text)
    {
        var host = await fixture.AddHost();
        host.SetLoginShell(shell);
        await fixture.Register(host);
        Assert.Contains(text, (await fixture.WaitFor(host, "failed"))["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_stops_answering_in_a_shell_is_no_longer_ready()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        host.OnLogin("echo 'Maintenance: come back later'; exit 0\n");

        var failed = await fixture.WaitFor(host, "failed");
        Assert.Contains("'Maintenance: come back later'", failed["reason"], StringComparison.Ordinal);

        host.OnLogin("");
        await fixture.WaitFor(host, "active");
    }

    [Fact]
    public async Task A_host_whose_user_can_no_longer_become_root_fails_its_run_and_stays_failed_until_the_user_can()
    {
        var fleet = await Fleet.Create(fixture, 1, user: "core");
        var host = fleet.Hosts[0];
        var sudoers = File.ReadAllText(host.FilePath("/etc/sudoers"));
        File.WriteAllText(host.FilePath("/etc/sudoers"), sudoers.Replace("core ALL", "# core ALL", StringComparison.Ordinal));

        var over = await fleet.Run("restart");
        var reason = Fleet.Result(over, host).Reason;
        var failed = await fixture.WaitFor(host, "failed");
        File.WriteAllText(host.FilePath("/etc/sudoers"), sudoers);

        Assert.Equal(("failed", "preflight"), (over["status"], Fleet.Result(over, host).Step));
        Assert.StartsWith("user 'core' may not run commands as root without a password", reason, StringComparison.Ordinal);
        Assert.Contains(reason, failed["reason"], StringComparison.Ordinal);
        await fixture.WaitFor(host, "active");
        Assert.Equal(1, host.Boots);
    }

    [Fact]
    public async Task A_step_ends_with_its_process_although_a_child_holds_the_output()
    {
        var host = await fixture.AddHost(LabOs.Fedora);
        host.Script("dnf", new Behaviour { When = "install*", LeavesProcess = true });
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");
    }

    [Fact]
    public async Task A_host_that_vanishes_during_a_long_command_is_noticed_before_its_deadline()
    {
        var host = await fixture.AddHost(LabOs.Fedora);
        host.Script("dnf", new Behaviour { When = "install*", Held = true });
        await fixture.Register(host);
        await host.WaitForCommand(command => command.ToString().StartsWith("dnf", StringComparison.Ordinal));
        await host.Freeze();

        var failed = await fixture.WaitFor(host, "failed");
        Assert.Matches("the connection broke while the command ran: the host sent nothing for [0-9]+ s", failed["reason"]);

        host.Unscript("dnf");
        await host.Thaw();
        await fixture.WaitFor(host, "disassociated");
    }
}
