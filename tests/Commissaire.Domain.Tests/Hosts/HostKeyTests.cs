using Commissaire.Hosts;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HostKeyTests
{
    // Made with ssh-keygen -t ed25519 and ssh-keygen -lf.
    private const string Line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOhA2UNyER/pER/h+3qojH6ylGuy1Q1KHrIPy1y0v4EW";
    private const string Fingerprint = "SHA256:LuT8KjrvLUXPqfEhSFqzccOsqhcvYiSPa0QugYT2KD8";

    [Theory]
    [InlineData(Line)]
    [InlineData(Line + " root@node1 and more")]
    [InlineData("  " + Line + "\n")]
    public void A_public_key_line_has_the_fingerprint_that_OpenSSH_shows(string text)
    {
        Assert.True(HostKey.TryParse(text, out var key));
        Assert.Equal(new HostKey("ssh-ed25519", Fingerprint), key);
        Assert.Equal($"ssh-ed25519 {Fingerprint}", key.ToString());
    }

    [Theory]
    [InlineData(Fingerprint)]
    [InlineData(Fingerprint + "=")]
    public void A_fingerprint_matches_a_key_of_any_type(string text)
    {
        Assert.True(HostKey.TryParse(text, out var key));
        Assert.Equal(new HostKey("", Fingerprint), key);
        Assert.Equal(Fingerprint, key.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-ed25519 ")]
    [InlineData("ssh-ed25519 ====")]
    [InlineData("ssh-ed25519 not-base64!")]
    [InlineData("ssh-dss AAAAB3NzaC1kc3M=")]
    [InlineData("no-pty ssh-ed25519 AAAA")]
    [InlineData("ssh-ed25519 aGVsbG8=")]
    [InlineData("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIOhA2UNyER/pER/h+3qojH6ylGuy1Q1KHrIPy1y0v4EW")]
    [InlineData("ssh-ed25519 /////w==")]
    [InlineData("SHA256:short")]
    [InlineData("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----")]
    public void Other_texts_are_not_host_keys(string text) => Assert.False(HostKey.TryParse(text, out _));

    [Theory]
    [InlineData("ssh-ed25519", Fingerprint, true)]
    [InlineData("", Fingerprint, true)]
    [InlineData("ssh-rsa", Fingerprint, false)]
    [InlineData("ssh-ed25519", "SHA256:another", false)]
    [InlineData("", "SHA256:another", false)]
    public void An_offered_key_matches_by_fingerprint_and_by_type_when_one_is_known(string type, string fingerprint, bool matches) =>
        Assert.Equal(matches, new HostKey(type, fingerprint).Matches(new HostKey("ssh-ed25519", Fingerprint)));
}
