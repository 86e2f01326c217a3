using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

public sealed class GivenHostKeyTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData(HostKeyType.Ed25519)]
    [InlineData(HostKeyType.Ecdsa)]
    [InlineData(HostKeyType.Ecdsa384)]
    [InlineData(HostKeyType.Ecdsa521)]
    [InlineData(HostKeyType.Rsa)]
    public async Task The_right_key_is_recognised_as_a_line_and_as_a_fingerprint(HostKeyType type)
    {
        var line = await fixture.Lab.AddHost(new LabHostOptions { HostKey = type });
        var fingerprint = await fixture.Lab.AddHost(new LabHostOptions { HostKey = type });

        await fixture.Register(line, hostKey: line.HostKey.PublicKey);
        await fixture.Register(fingerprint, hostKey: fingerprint.HostKey.Fingerprint);

        Assert.Contains(line.HostKey.Fingerprint, (await fixture.WaitFor(line, "disassociated"))["host_key"], StringComparison.Ordinal);
        Assert.Contains(
            fingerprint.HostKey.Fingerprint, (await fixture.WaitFor(fingerprint, "disassociated"))["host_key"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HostKeyType.Ed25519)]
    [InlineData(HostKeyType.Rsa)]
    public async Task A_wrong_key_fails_and_nothing_is_run_nor_does_anybody_log_in(HostKeyType type)
    {
        var other = await fixture.Lab.AddHost(new LabHostOptions { HostKey = type });
        var line = await fixture.Lab.AddHost(new LabHostOptions { HostKey = type });
        var fingerprint = await fixture.Lab.AddHost(new LabHostOptions { HostKey = type });

        await fixture.Register(line, hostKey: other.HostKey.PublicKey);
        await fixture.Register(fingerprint, hostKey: other.HostKey.Fingerprint);

        foreach (var host in (LabHost[])[line, fingerprint])
        {
            var failed = await fixture.WaitFor(host, "failed");
            Assert.Contains(other.HostKey.Fingerprint, failed["reason"], StringComparison.Ordinal);
            Assert.Contains(host.HostKey.Fingerprint, failed["reason"], StringComparison.Ordinal);
            Assert.Empty(host.Commands);
            Assert.DoesNotContain("Accepted publickey", host.SshdLog, StringComparison.Ordinal);
            Assert.DoesNotContain("Starting session", host.SshdLog, StringComparison.Ordinal);
        }
    }
}
