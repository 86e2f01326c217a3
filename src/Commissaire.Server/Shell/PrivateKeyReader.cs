using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Commissaire.Shell;

/// <summary>
/// Reads a private key file in each form that ssh-keygen, openssl and PuTTY write. A key that cannot log in is refused with the command
/// that converts it. No reason contains any part of the key.
/// </summary>
internal static partial class PrivateKeyReader
{
    private const string RemovePassphrase =
        "is protected by a passphrase, which Commissaire cannot enter. Remove it from a copy of the file with "
        + "'ssh-keygen -p -N \"\" -f FILE'";

    private const string Unknown =
        "is not a private key in OpenSSH, PEM, PKCS#8, DER or PuTTY format. Set a private key file in base64, such as one of "
        + "'ssh-keygen -t ed25519'";

    /// <summary>Returns the reason why a key, as clients send it, is invalid; null if the key is valid.</summary>
    public static string? Validate(string base64)
    {
        if (string.IsNullOrWhiteSpace(base64))
        {
            return "ssh_priv_key: is missing. Set a private key file in base64";
        }

        var file = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, file, out var length))
        {
            return "ssh_priv_key: is not base64. Encode the private key file with 'base64 -w0'";
        }

        var (key, problem) = Read(file.AsMemory(0, length));
        key?.Dispose();
        return problem is null ? null : $"ssh_priv_key: {problem}";
    }

    /// <summary>Returns the key in a file, or the reason why it cannot log in to a host.</summary>
    public static (LoginKey? Key, string? Problem) Read(ReadOnlyMemory<byte> file)
    {
        try
        {
            var key = Parse(file);
            if (key.Problem is not { } problem)
            {
                return (key, null);
            }

            key.Dispose();
            return (null, problem);
        }
        catch (UnusableKeyException e)
        {
            return (null, e.Message);
        }
        catch (Exception e) when (e is SshException or InvalidOperationException or NotSupportedException or ArgumentException
            or FormatException or CryptographicException or AsnContentException or IndexOutOfRangeException or OverflowException
            or EndOfStreamException)
        {
            return (null, "is not a private key: the file is damaged. Check it with 'ssh-keygen -y -f FILE'");
        }
    }

    private static LoginKey Parse(ReadOnlyMemory<byte> file)
    {
        if (DerKey.IsDer(file))
        {
            return DerKey.Read(file, "-inform DER ");
        }

        var text = Decode(file.Span);
        if (Putty().Match(text) is { Success: true } putty)
        {
            return ReadPutty(text[putty.Index..], putty.Groups["cipher"].Value);
        }

        // Parameters and certificates may precede the key.
        var blocks = Block().Matches(text);
        if (blocks.FirstOrDefault(b => b.Groups["label"].Value.EndsWith("PRIVATE KEY", StringComparison.Ordinal)) is { } block)
        {
            return ReadBlock(block.Groups["label"].Value, block.Groups["body"].Value);
        }

        throw new UnusableKeyException(NoPrivateKey(text, file.Span, blocks));
    }

    private static LoginKey ReadBlock(string label, string body)
    {
        var headers = Header().Match(body);
        if (headers.Value.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw new UnusableKeyException(RemovePassphrase);
        }

        if (label.StartsWith("SSH2 ", StringComparison.Ordinal))
        {
            throw new UnusableKeyException(
                "is in the format of ssh.com. Convert it with 'ssh-keygen -i -f FILE > NEW'; remove a passphrase first");
        }

        var content = Convert.FromBase64String(body[headers.Length..]);
        return label == "OPENSSH PRIVATE KEY" ? OpenSshKey.Read(content, RemovePassphrase) : DerKey.Read(content, "");
    }

    private static LoginKey ReadPutty(string text, string cipher)
    {
        const string Conversion = "Convert it with 'puttygen FILE -O private-openssh-new -o NEW'";
        if (cipher != "none")
        {
            throw new UnusableKeyException(
                $"is a PuTTY key with a passphrase. {Conversion}, and then remove the passphrase with 'ssh-keygen -p -N \"\" -f NEW'");
        }

        try
        {
            return new LoginKey(new PrivateKeyFile(new MemoryStream(Encoding.UTF8.GetBytes(text))).Key);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new UnusableKeyException($"is a PuTTY key that cannot be read. {Conversion}");
        }
    }

    private static string NoPrivateKey(string text, ReadOnlySpan<byte> file, IReadOnlyCollection<Match> blocks)
    {
        const string Private = "Set the private key file";
        if (CertificateLine().IsMatch(text))
        {
            return $"is not a private key but an SSH certificate. {Private}: its name is the same without '-cert.pub'";
        }

        if (PublicLine().IsMatch(text) || blocks.Any(b => b.Groups["label"].Value.EndsWith("PUBLIC KEY", StringComparison.Ordinal)))
        {
            return $"is not a private key but a public key. {Private}: its name is the same without '.pub'";
        }

        if (blocks.Any(b => b.Groups["label"].Value.Contains("CERTIFICATE", StringComparison.Ordinal)))
        {
            return $"is not a private key but an X.509 certificate. {Private}";
        }

        if (text.Contains("BEGIN ", StringComparison.Ordinal) && text.Contains("PRIVATE KEY", StringComparison.Ordinal))
        {
            return $"is not a private key: its END line is missing or differs from its BEGIN line. {Private} as a whole";
        }

        // The formats of Microsoft's tools, by their first bytes.
        if (file is [0x1e, 0xf1, 0xb5, 0xb0, ..] or [0x07, 0x02, 0, 0, ..])
        {
            var format = file[0] == 0x07 ? "MSBLOB" : "PVK";
            return $"is not a private key in a format of SSH but in {format}. "
                + $"Convert it with 'openssl rsa -inform {format} -in FILE -out NEW'";
        }

        if (text.StartsWith("SSH PRIVATE KEY FILE FORMAT 1.1", StringComparison.Ordinal))
        {
            return "is not a private key of SSH protocol 2 but of protocol 1. Create another key with 'ssh-keygen -t ed25519'";
        }

        var inner = new byte[text.Length];
        return Convert.TryFromBase64String(text, inner, out var length) && length > 32
            ? $"is not a private key: it was encoded with base64 twice. {Private} with one 'base64 -w0'"
            : Unknown;
    }

    // Editors and shells of Windows add a byte order mark, or write UTF-16.
    private static string Decode(ReadOnlySpan<byte> file) => file switch
    {
        [0xff, 0xfe, ..] => Encoding.Unicode.GetString(file[2..]),
        [0xfe, 0xff, ..] => Encoding.BigEndianUnicode.GetString(file[2..]),
        [0xef, 0xbb, 0xbf, ..] => Encoding.UTF8.GetString(file[3..]),
        _ => Encoding.UTF8.GetString(file),
    };

    [GeneratedRegex(@"-{4,5} ?BEGIN (?<label>[A-Z0-9 ]+?) ?-{4,5}(?<body>[^-]*(?:-[^-]+)*)-{4,5} ?END \k<label> ?-{4,5}")]
    private static partial Regex Block();

    // RFC 1421: header lines with a colon, and an empty line.
    [GeneratedRegex(@"\A\s*(?:[A-Za-z0-9-]+:[^\n]*\n)+\s*")]
    private static partial Regex Header();

    [GeneratedRegex(@"^PuTTY-User-Key-File-\d+: .*\n\s*Encryption: (?<cipher>[\w-]+)", RegexOptions.Multiline)]
    private static partial Regex Putty();

    [GeneratedRegex(@"^[a-z0-9@.-]+-cert-v\d\d@openssh\.com ", RegexOptions.Multiline)]
    private static partial Regex CertificateLine();

    [GeneratedRegex(@"^(?:ssh-|ecdsa-|sk-)[a-z0-9@.-]+ AAAA|^---- BEGIN SSH2 PUBLIC KEY", RegexOptions.Multiline)]
    private static partial Regex PublicLine();
}

/// <summary>A key cannot be used; the message says why and how to convert it.</summary>
internal sealed class UnusableKeyException(string message) : Exception(message);
