using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Tests;

public sealed class SudoTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    private const string Command = "sudo -n -- sh -c 'id -u; touch /etc/from-sudo'";

    private LabEnvironment Lab => fixture.Lab;

    [Fact]
    public async Task Core_becomes_root()
    {
        var host = await fixture.Host();

        var said = await Ssh.Run(Lab, host, Command, "core");

        Assert.Equal(new SshResult(0, "0\n", ""), said);
        Assert.True(File.Exists(host.FilePath("/etc/from-sudo")));
    }

    [Fact]
    public async Task Core_does_not_become_root_where_it_may_not()
    {
        var host = await Lab.AddHost(new LabHostOptions { Sudo = SudoRule.None });

        var said = await Ssh.Run(Lab, host, Command, "core");

        Assert.Equal(new SshResult(1, "", "sudo: a password is required\n"), said);
    }

    [Fact]
    public async Task Core_becomes_root_from_a_terminal_only_where_one_is_required()
    {
        var host = await Lab.AddHost(new LabHostOptions { Sudo = SudoRule.NoPasswordFromTerminal });

        var without = await Ssh.Run(Lab, host, Command, "core");
        using var with = Ssh.Start(Lab, host, Command, "core", "-tt");

        Assert.Contains("you must have a tty", without.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await with.End()).ExitCode);
    }
}
