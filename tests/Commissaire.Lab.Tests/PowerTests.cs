using System.Net;
using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Tests;

public sealed class PowerTests(LabFixture fixture) : IClassFixture<LabFixture>
{
    private LabEnvironment Lab => fixture.Lab;

    [Fact]
    public async Task A_host_that_is_stopped_refuses_until_it_is_started_and_then_has_another_boot_id()
    {
        var host = await fixture.Host();
        var (first, endpoint) = (host.BootId, new IPEndPoint(host.Address, host.Port));
        using var connected = Ssh.Start(Lab, host, "dnf list; sleep 1000");
        await host.WaitForCommand(told => told.Argv[0] == "dnf");

        await host.Stop();
        Assert.Equal(SshResult.NoConnection, (await connected.End()).ExitCode);
        Assert.Null(await Eventually.Greeting(endpoint));

        await host.Start();
        Assert.Equal("SSH-", await Eventually.Greeting(endpoint));
        Assert.NotEqual(first, host.BootId);
    }

    [Fact]
    public async Task Stopping_and_starting_twice_is_harmless()
    {
        var host = await fixture.Host();

        await host.Start();
        await host.Stop();
        await host.Stop();
        await Task.WhenAll(host.Start(), host.Start());

        Assert.Equal(2, host.Boots);
    }

    [Fact]
    public async Task A_host_can_be_stopped_while_it_reboots()
    {
        var host = await fixture.Host();
        host.NextReboot = new Reboot { Away = TimeSpan.FromHours(1) };
        await Ssh.Run(Lab, host, "reboot");
        await host.WaitFor(HostPower.Booting);

        await host.Stop();

        Assert.Equal(HostPower.Off, host.Power);
    }

    [Fact]
    public async Task A_frozen_host_accepts_and_says_nothing_until_it_thaws()
    {
        var host = await fixture.Host();
        var endpoint = new IPEndPoint(host.Address, host.Port);
        await host.Freeze();

        var greeting = Eventually.Greeting(endpoint);
        await Assert.ThrowsAsync<TimeoutException>(() => greeting.WaitAsync(TimeSpan.FromMilliseconds(300)));

        await host.Thaw();
        Assert.Equal("SSH-", await greeting);
        Assert.Equal(0, (await Ssh.Run(Lab, host, "true")).ExitCode);
    }

    [Fact]
    public async Task A_frozen_host_can_be_stopped()
    {
        var host = await fixture.Host();
        await host.Freeze();

        await host.Stop();

        Assert.Equal(HostPower.Off, host.Power);
    }

    [Fact]
    public async Task Dropped_connections_end_while_what_they_started_goes_on()
    {
        var host = await fixture.Host();
        using var connected = Ssh.Start(Lab, host, "dnf list; while [ ! -e /run/dropped ]; do sleep 0.05; done; systemctl start later");
        await host.WaitForCommand(told => told.Argv[0] == "dnf");

        await host.DropConnections();

        Assert.Equal(SshResult.NoConnection, (await connected.End()).ExitCode);
        Assert.Equal(0, (await Ssh.Run(Lab, host, "touch /run/dropped")).ExitCode);
        await host.WaitForCommand(told => told.ToString() == "systemctl start later");
        Assert.Equal(1, host.Boots);
    }

    [Fact]
    public async Task A_changed_host_key_is_the_one_new_connections_see()
    {
        var host = await fixture.Host();
        var first = host.HostKey;

        await host.ChangeHostKey();

        Assert.NotEqual(first.Fingerprint, host.HostKey.Fingerprint);
        Assert.Equal(0, (await Ssh.Run(Lab, host, "true")).ExitCode);
        Assert.Equal(1, host.Boots);
    }

    [Theory]
    [InlineData(HostKeyType.Ecdsa, "ecdsa-sha2-nistp256 ")]
    [InlineData(HostKeyType.Rsa, "ssh-rsa ")]
    public async Task A_host_may_have_another_kind_of_key(HostKeyType type, string begins)
    {
        var host = await Lab.AddHost(new LabHostOptions { HostKey = type });

        Assert.StartsWith(begins, host.HostKey.PublicKey, StringComparison.Ordinal);
        Assert.Equal(0, (await Ssh.Run(Lab, host, "true")).ExitCode);
    }

    [Fact]
    public async Task Hosts_that_are_off_keep_their_addresses()
    {
        var host = await fixture.Host();
        await host.Stop();

        await using var other = await LabEnvironment.Start();
        var theirs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => other.AddHost()));

        Assert.DoesNotContain(host.Address, theirs.Select(their => their.Address));
        await host.Start();
    }
}
