using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Commissaire.Hosts;

/// <summary>The public key that identifies a host (RFC 4253, section 7).</summary>
/// <param name="Type">The SSH key type, such as <c>ssh-ed25519</c> or <c>ssh-rsa</c>; empty if only the fingerprint is known.</param>
/// <param name="Fingerprint">The OpenSSH fingerprint: <c>SHA256:</c> and unpadded base64.</param>
public sealed partial record HostKey(string Type, string Fingerprint)
{
    /// <summary>The accepted formats of a host key, for messages.</summary>
    public const string Expectation = "a public key line ('ssh-ed25519 AAAA…') or a fingerprint ('SHA256:…')";

    // RFC 4250, section 4.6.1: names are printable US-ASCII and at most 64 characters long.
    private const int MaxTypeLength = 64;

    /// <summary>Creates a host key from a public key in the SSH wire format.</summary>
    public static HostKey Of(string type, ReadOnlySpan<byte> key) =>
        new(type, "SHA256:" + Convert.ToBase64String(SHA256.HashData(key)).TrimEnd('='));

    /// <summary>Reads the type at the start of a public key in the SSH wire format; empty if the key is malformed.</summary>
    public static string ReadType(ReadOnlySpan<byte> key)
    {
        var length = key.Length < 4 ? 0 : BinaryPrimitives.ReadInt32BigEndian(key);
        var type = length is > 0 and <= MaxTypeLength && length <= key.Length - 4 ? Encoding.ASCII.GetString(key.Slice(4, length)) : "";
        return type.All(c => c is > ' ' and <= '~') ? type : "";
    }

    /// <summary>Parses a public key line or a fingerprint; returns false if the text is invalid.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HostKey? key)
    {
        key = null;
        if (FingerprintPattern().IsMatch(text))
        {
            key = new HostKey("", text.TrimEnd('='));
        }
        else if (text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var type, var body, ..] && TypePattern().IsMatch(type))
        {
            var bytes = new byte[body.Length];
            key = Convert.TryFromBase64String(body, bytes, out var length) && ReadType(bytes.AsSpan(0, length)) == type
                ? Of(type, bytes.AsSpan(0, length)) : null;
        }

        return key is not null;
    }

    /// <summary>Whether an offered key equals this key. Compares only fingerprints if the type is not known.</summary>
    public bool Matches(HostKey offered) => Fingerprint == offered.Fingerprint && (Type.Length == 0 || Type == offered.Type);

    /// <inheritdoc />
    public override string ToString() => Type.Length == 0 ? Fingerprint : $"{Type} {Fingerprint}";

    [GeneratedRegex(@"\ASHA256:[A-Za-z0-9+/]{43}=?\z")]
    private static partial Regex FingerprintPattern();

    [GeneratedRegex(@"\A(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521))\z")]
    private static partial Regex TypePattern();
}
