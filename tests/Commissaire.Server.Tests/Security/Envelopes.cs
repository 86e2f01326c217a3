using System.Security.Cryptography;
using Commissaire.Security;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Security;

public sealed class Envelopes
{
    private static readonly byte[] Secret = "a private key"u8.ToArray();

    private readonly string _file = Path.Combine(RunningServer.NewDataDirectory(), "secret.keys");

    [Fact]
    public void An_envelope_can_be_opened_after_a_restart()
    {
        var envelope = SecretKeys.Load(_file, createIfMissing: true).Encrypt("host/1", Secret);
        Assert.Equal(Secret, SecretKeys.Load(_file, createIfMissing: false).Decrypt("host/1", envelope));
        Assert.Equal(-1, envelope.AsSpan().IndexOf(Secret));
    }

    [Fact]
    public void The_same_secret_is_never_sealed_the_same_way()
    {
        var keys = SecretKeys.Load(_file, createIfMissing: true);
        Assert.NotEqual(keys.Encrypt("host/1", Secret), keys.Encrypt("host/1", Secret));
        Assert.Empty(keys.Decrypt("x", keys.Encrypt("x", [])));
    }

    [Fact]
    public void An_envelope_opens_in_its_own_row_only()
    {
        var keys = SecretKeys.Load(_file, createIfMissing: true);
        Assert.ThrowsAny<CryptographicException>(() => keys.Decrypt("host/2", keys.Encrypt("host/1", Secret)));
    }

    [Fact]
    public void No_bit_of_an_envelope_can_be_changed()
    {
        var keys = SecretKeys.Load(_file, createIfMissing: true);
        var envelope = keys.Encrypt("host/1", Secret);
        for (var bit = 0; bit < envelope.Length * 8; bit++)
        {
            var changed = (byte[])envelope.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.ThrowsAny<CryptographicException>(() => keys.Decrypt("host/1", changed));
        }

        for (var length = 0; length < envelope.Length; length++)
        {
            Assert.ThrowsAny<CryptographicException>(() => keys.Decrypt("host/1", envelope.AsSpan(0, length)));
        }
    }

    [Fact]
    public void The_first_key_seals_and_the_others_still_open()
    {
        var before = SecretKeys.Load(_file, createIfMissing: true);
        var envelope = before.Encrypt("host/1", Secret);
        var text = File.ReadAllText(_file);
        var start = text.IndexOf('[', StringComparison.Ordinal) + 1;
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        File.WriteAllText(_file, text.Insert(start, $$"""{"id": "k2", "key": "{{key}}"},"""));
        var after = SecretKeys.Load(_file, createIfMissing: false);
        Assert.Equal(Secret, after.Decrypt("host/1", envelope));
        Assert.ThrowsAny<CryptographicException>(() => before.Decrypt("host/1", after.Encrypt("host/1", Secret)));
        Assert.Contains(before.Digests("text")[0], after.Digests("text"));
    }

    [Fact]
    public void A_missing_key_file_is_not_replaced_while_there_are_secrets()
    {
        var refused = Assert.Throws<StartupException>(() => SecretKeys.Load(_file, createIfMissing: false));
        Assert.Contains("Restore the file from a backup", refused.Message);
        Assert.False(File.Exists(_file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"keys": []}""")]
    [InlineData("""{"keys": null}""")]
    [InlineData("""{"keys": [{"id": "k1", "key": "c2hvcnQ="}]}""")]
    [InlineData("""{"keys": [{"id": "k1", "key": null}]}""")]
    [InlineData("""{"keys": [null]}""")]
    public void An_unusable_key_file_is_named(string content)
    {
        File.WriteAllText(_file, content);
        Assert.Contains(_file, Assert.Throws<StartupException>(() => SecretKeys.Load(_file, createIfMissing: true)).Message);
        Assert.Equal(content, File.ReadAllText(_file));
    }

    [Fact]
    public void Only_the_owner_can_read_the_key_file()
    {
        SecretKeys.Load(_file, createIfMissing: true);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_file));
    }
}
