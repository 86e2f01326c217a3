using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Commissaire.Hosts;

/// <summary>The public key by which a host proves who it is (RFC 4253, section 7).</summary>
/// <param name="Type">The key's type as SSH names it (<c>ssh-ed25519</c>, <c>ecdsa-sha2-nistp256</c>, <c>ssh-rsa</c>); empty when only a fingerprint is known.</param>
/// <param name="Fingerprint">The OpenSSH form <c>SHA256:</c> followed by unpadded base64.</param>
public sealed partial record HostKey(string Type, string Fingerprint)
{
    /// <summary>What a host key may be given as, for people.</summary>
    public const string Expectation = "a public key line ('ssh-ed25519 AAAA…') or a fingerprint ('SHA256:…')";

    /// <summary>The key made of a public key's bytes on the wire.</summary>
    public static HostKey Of(string type, ReadOnlySpan<byte> key) =>
        new(type, "SHA256:" + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('='));

    /// <summary>The type a public key says it is of: its bytes begin with it, as a string (RFC 4253, section 6.6). Empty when they do not.</summary>
    public static string TypeIn(ReadOnlySpan<byte> key)
    {
        var length = key.Length < 4 ? 0 : BinaryPrimitives.ReadInt32BigEndian(key);
        return length > 0 && length <= key.Length - 4 ? Encoding.ASCII.GetString(key.Slice(4, length)) : "";
    }

    /// <summary>Reads a public key line or a fingerprint, if the text is one.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HostKey? key)
    {
        key = null;
        if (FingerprintForm().IsMatch(text))
        {
            key = new HostKey("", text.TrimEnd('='));
        }
        else if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var type, var body, ..] && TypeForm().IsMatch(type))
        {
            var bytes = new byte[body.Length];
            key = Convert.TryFromBase64String(body, bytes, out var length) && TypeIn(bytes.AsSpan(0, length)) == type ? Of(type, bytes.AsSpan(0, length)) : null;
        }

        return key is not null;
    }

    /// <summary>Whether an offered key is this one. The type is not compared when only a fingerprint is known.</summary>
    public bool Matches(HostKey offered) => Fingerprint == offered.Fingerprint && (Type.Length == 0 || Type == offered.Type);

    /// <inheritdoc />
    public override string ToString() => Type.Length == 0 ? Fingerprint : $"{Type} {Fingerprint}";

    [GeneratedRegex(@"\ASHA256:[A-Za-z0-9+/]{43}=?\z")]
    private static partial Regex FingerprintForm();

    [GeneratedRegex(@"\A(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))\z")]
    private static partial Regex TypeForm();
}
