using Renci.SshNet;
using Renci.SshNet.Common;

namespace Commissaire.Shell;

/// <summary>Reads private keys as clients send them: base64 of a private key file.</summary>
internal static class PrivateKeys
{
    /// <summary>Why a key cannot be used, for people and without a trace of the key itself; null when it can.</summary>
    public static string? Problem(string base64)
    {
        if (base64.Length == 0)
        {
            return "ssh_priv_key: is missing; expected base64 of a private key file";
        }

        var file = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, file, out var length))
        {
            return "ssh_priv_key: is not base64; encode the private key file with 'base64 -w0'";
        }

        try
        {
            using var key = Open(file.AsSpan(0, length).ToArray());
            return null;
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            return "ssh_priv_key: is protected by a passphrase; expected a key without one (ssh-keygen -p removes it)";
        }
        catch (Exception e) when (e is SshException or InvalidOperationException or NotSupportedException or ArgumentException or FormatException
            or System.Security.Cryptography.CryptographicException or IndexOutOfRangeException or OverflowException or EndOfStreamException)
        {
            return "ssh_priv_key: is base64, but not of a private key in OpenSSH, PEM or PKCS#8 form";
        }
    }

    /// <summary>Opens a private key file.</summary>
    public static PrivateKeyFile Open(byte[] file) => new(new MemoryStream(file, writable: false));
}
