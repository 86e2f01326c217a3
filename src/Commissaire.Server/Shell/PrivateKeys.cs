using Renci.SshNet;
using Renci.SshNet.Common;

namespace Commissaire.Shell;

/// <summary>Validates and opens the private keys that clients send: a private key file in base64.</summary>
internal static class PrivateKeys
{
    /// <summary>Returns the reason why a key is invalid, without any part of the key; null if the key is valid.</summary>
    public static string? Validate(string base64)
    {
        if (base64.Length == 0)
        {
            return "ssh_priv_key: is missing. Set a private key file in base64";
        }

        var file = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, file, out var length))
        {
            return "ssh_priv_key: is not base64. Encode the private key file with 'base64 -w0'";
        }

        try
        {
            using var key = Open(file.AsSpan(0, length).ToArray());
            return null;
        }
        catch (SshPassPhraseNullOrEmptyException)
        {
            return "ssh_priv_key: is protected by a passphrase. Remove it with 'ssh-keygen -p'";
        }
        catch (Exception e) when (e is SshException or InvalidOperationException or NotSupportedException or ArgumentException
            or FormatException or System.Security.Cryptography.CryptographicException or IndexOutOfRangeException or OverflowException
            or EndOfStreamException)
        {
            return "ssh_priv_key: is not a private key in OpenSSH, PEM or PKCS#8 format. Set a private key file in base64";
        }
    }

    public static PrivateKeyFile Open(byte[] file) => new(new MemoryStream(file, writable: false));
}
