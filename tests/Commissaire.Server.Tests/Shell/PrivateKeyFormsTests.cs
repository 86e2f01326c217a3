using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Commissaire.Shell;

namespace Commissaire.Server.Tests.Shell;

/// <summary>Each form of a private key either logs in to an sshd, or is refused with the command that converts it.</summary>
[Trait("Starts", "sshd")]
public sealed partial class PrivateKeyFormsTests(LoginFixture fixture) : IClassFixture<LoginFixture>
{
    public static TheoryData<string> Names => new(KeyForms.Table.Select(row => row.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_form_has_the_outcome_of_the_table(string name)
    {
        var (_, script, outcome) = KeyForms.Table.Single(row => row.Name == name);
        using var form = new KeyForms();
        form.Make(script);

        var problem = PrivateKeyReader.Validate(Convert.ToBase64String(form.Bytes));

        if (outcome == "works")
        {
            Assert.Null(problem);
            await AssertLogsIn(form.Bytes, form.PublicKey);
            return;
        }

        Assert.StartsWith("ssh_priv_key: ", problem, StringComparison.Ordinal);
        Assert.Contains(outcome, problem, StringComparison.Ordinal);
        if (Conversion().Match(problem!) is { Success: true } conversion && !name.StartsWith("ssh-com", StringComparison.Ordinal))
        {
            var next = PrivateKeyReader.Validate(Convert.ToBase64String(form.Convert(conversion.Groups["command"].Value)));
            Assert.True(next is null || next.Contains("DSA", StringComparison.Ordinal), next);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    public void A_text_that_is_not_base64_is_refused(string text) =>
        Assert.Matches("^ssh_priv_key: is (missing|not base64)", PrivateKeyReader.Validate(text));

    [Fact]
    public void Base64_in_lines_is_accepted() => Assert.Null(PrivateKeyReader.Validate(
        Convert.ToBase64String(Encoding.ASCII.GetBytes(fixture.Lab.PrivateKeyPem), Base64FormattingOptions.InsertLineBreaks)));

    [Fact]
    public void A_key_of_a_security_key_is_refused()
    {
        const string Type = "sk-ssh-ed25519@openssh.com";
        byte[] file = [.. "openssh-key-v1\0"u8, .. Field("none"u8), .. Field("none"u8), .. Field(""u8), 0, 0, 0, 1,
            .. Field([.. Field(Encoding.ASCII.GetBytes(Type))]), .. Field(new byte[64])];
        var pem = PemEncoding.WriteString("OPENSSH PRIVATE KEY", file);

        Assert.Contains("security key (sk-)", PrivateKeyReader.Validate(Base64(pem)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_PuTTY_key_without_a_passphrase_works(int version)
    {
        using var form = new KeyForms();
        form.Make("openssl genpkey -algorithm ed25519 -out key; raw; openssl pkey -in key -outform DER | tail -c 32 >seed; mv seed key");
        var publicBlob = Convert.FromBase64String(form.PublicKey.Split(' ')[1]);
        byte[] privateBlob = [.. Field(form.Bytes)];
        byte[] signed = [.. Field("ssh-ed25519"u8), .. Field("none"u8), .. Field("web"u8), .. Field(publicBlob), .. Field(privateBlob)];
        var mac = version == 3 ? HMACSHA256.HashData(Array.Empty<byte>(), signed) : LegacyMac(signed);
        var file = string.Create(CultureInfo.InvariantCulture, $"""
            PuTTY-User-Key-File-{version}: ssh-ed25519
            Encryption: none
            Comment: web
            Public-Lines: 2
            {Lines(publicBlob)}
            Private-Lines: 1
            {Lines(privateBlob)}
            Private-MAC: {Convert.ToHexStringLower(mac)}

            """);

        Assert.Null(PrivateKeyReader.Validate(Base64(file)));
        await AssertLogsIn(Encoding.ASCII.GetBytes(file.Replace("\n", "\r\n", StringComparison.Ordinal)), form.PublicKey);
    }

    private async Task AssertLogsIn(byte[] file, string publicKey)
    {
        LoginFixture.Authorize(fixture.Host, publicKey);
        var (key, failure) = await LoginFixture.LogIn(LoginFixture.Connector(file), LoginFixture.Target(fixture.Host));
        Assert.Null(failure);
        Assert.Equal(fixture.Host.HostKey.Fingerprint, key!.Fingerprint);
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static byte[] Field(ReadOnlySpan<byte> bytes)
    {
        var field = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(field, bytes.Length);
        bytes.CopyTo(field.AsSpan(4));
        return field;
    }

    private static string Lines(byte[] blob) => string.Join('\n', Convert.ToBase64String(blob).Chunk(64).Select(line => new string(line)));

    // PuTTY's format 2 uses SHA-1.
#pragma warning disable CA5350
    private static byte[] LegacyMac(byte[] signed) => HMACSHA1.HashData(SHA1.HashData("putty-private-key-file-mac-key"u8), signed);
#pragma warning restore CA5350

    [GeneratedRegex("(?:Convert it|Remove it|Take the key out)[^']*'(?<command>(?:ssh-keygen|openssl) [^']*FILE[^']*)'")]
    private static partial Regex Conversion();
}
