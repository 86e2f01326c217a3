using System.Security.Cryptography;
using System.Text;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

public sealed class RefusedHostsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_system_that_is_not_supported_fails_with_the_list_of_those_that_are()
    {
        var host = await fixture.AddHost(LabOs.Alpine);

        await fixture.Register(host);
        var failed = await fixture.WaitFor(host, "failed");

        Assert.Equal(
            "operating system 'alpine' is not supported; "
            + "supported are almalinux, atomic, centos, debian, fedora, redhat, rhel, rocky, ubuntu",
            failed["reason"]);
        Assert.Empty(host.Commands);
    }

    [Theory]
    [InlineData(SudoRule.None, "user 'core' may not run commands as root without a password (sudo: ")]
    [InlineData(SudoRule.NoPasswordFromTerminal,
        "sudo on the host requires a terminal: add 'Defaults:core !requiretty' to its sudoers (sudo: ")]
    public async Task A_user_who_may_not_become_root_fails_and_the_reason_says_why(SudoRule rule, string reason)
    {
        var host = await fixture.Lab.AddHost(new LabHostOptions { Sudo = rule });

        await fixture.Register(host, user: "core");
        var failed = await fixture.WaitFor(host, "failed");

        Assert.StartsWith($"investigation: {reason}", failed["reason"], StringComparison.Ordinal);
        Assert.Empty(host.Commands);
    }

    [Fact]
    public async Task A_key_the_host_does_not_take_fails_and_the_reason_says_whose_it_was()
    {
        using var rsa = RSA.Create(2048);
        var host = await fixture.AddHost();

        await fixture.Register(host, privateKey: Convert.ToBase64String(Encoding.ASCII.GetBytes(rsa.ExportRSAPrivateKeyPem())));
        var failed = await fixture.WaitFor(host, "failed");

        Assert.StartsWith("investigation: sshd rejected user 'root': ", failed["reason"], StringComparison.Ordinal);
        Assert.Empty(host.Commands);
    }

    [Fact]
    public async Task A_step_that_fails_says_which_and_why_and_goes_on_once_it_can()
    {
        var host = await fixture.AddHost();
        host.Script("dnf", new Behaviour { When = "install -y docker", ExitCode = 1, Error = "Error: no space left\n" });

        await fixture.Register(host);
        var failed = await fixture.WaitFor(host, "failed");
        host.Unscript("dnf");
        await fixture.WaitFor(host, "disassociated");

        Assert.Equal("bootstrap step install-docker: exit status 1: Error: no space left", failed["reason"]);
        Assert.Single(host.Commands, command => command.ToString() == "dnf install -y flannel");
    }
}
