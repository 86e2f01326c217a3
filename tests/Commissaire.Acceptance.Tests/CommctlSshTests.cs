using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Logging in to hosts with commctl.</summary>
public sealed class CommctlSshTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private readonly Commctl commctl = new(fixture.Server);

    [Fact]
    public async Task A_remote_command_runs_and_its_exit_status_is_returned()
    {
        var host = await Registered("core");

        var ran = await commctl.Run("host", "ssh", $"{host.Address}", "-o", "LogLevel=ERROR", "--", "id -un; echo oops >&2; exit 7");

        Assert.Equal((7, "core\n", "oops\n"), (ran.Code, ran.Output, ran.Error));
        Assert.Empty(Directory.EnumerateFileSystemEntries(commctl.RuntimeDirectory));
    }

    [Fact]
    public async Task Arguments_do_not_pass_through_a_local_shell()
    {
        var host = await Registered("root");
        var log = Path.Combine(fixture.Server.DataDirectory, "log of ssh;exit 3 #$(exit 4)'");

        var ran = await commctl.Run("host", "ssh", $"{host.Address}", "-E", log, "--", "echo '$HOME'");

        Assert.Equal((0, "$HOME\n"), (ran.Code, ran.Output));
        Assert.True(File.Exists(log));
    }

    [Fact]
    public async Task A_host_that_offers_another_key_is_not_logged_in_to()
    {
        var host = await Registered("root");
        var known = host.HostKey.Fingerprint;
        await host.ChangeHostKey();
        var logIns = host.SshdLog.Split("Accepted publickey").Length;

        var ran = await commctl.Run("host", "ssh", $"{host.Address}", "--", "true");

        Assert.Equal((2, ""), (ran.Code, ran.Output));
        Assert.Contains(known, ran.Error, StringComparison.Ordinal);
        Assert.Contains(host.HostKey.Fingerprint, ran.Error, StringComparison.Ordinal);
        Assert.Equal(logIns, host.SshdLog.Split("Accepted publickey").Length);
        Assert.Empty(Directory.EnumerateFileSystemEntries(commctl.RuntimeDirectory));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public async Task A_signal_ends_ssh_and_deletes_the_private_key(string signal)
    {
        var host = await Registered("root");

        using var ssh = commctl.Start("host", "ssh", $"{host.Address}", "--", "sleep 600");
        await Eventually.True(
            () => Directory.EnumerateFiles(commctl.RuntimeDirectory, "key", SearchOption.AllDirectories).Any(), "the key is there");
        var key = Directory.EnumerateFiles(commctl.RuntimeDirectory, "key", SearchOption.AllDirectories).Single();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        await ssh.Signal(signal);
        var ran = await ssh.End();

        Assert.NotEqual(0, ran.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(commctl.RuntimeDirectory));
    }

    [Fact]
    public async Task An_unknown_host_is_an_error()
    {
        var ran = await commctl.RunLine("host ssh 10.255.255.1");

        Assert.Equal((2, "", "commctl host: error: No host is registered at '10.255.255.1'.\n"), (ran.Code, ran.Output, ran.Error));
    }

    private async Task<LabHost> Registered(string user)
    {
        var host = await fixture.AddHost(LabOs.Atomic);
        await fixture.Register(host, user: user);
        await fixture.WaitFor(host, "disassociated");
        return host;
    }
}
