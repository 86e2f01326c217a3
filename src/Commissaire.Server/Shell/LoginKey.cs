using System.Security.Cryptography;
using Renci.SshNet;
using Renci.SshNet.Security;
using Renci.SshNet.Security.Cryptography;

namespace Commissaire.Shell;

/// <summary>A private key that logs in to hosts.</summary>
internal sealed class LoginKey(Key key) : IDisposable
{
    // OpenSSH refuses smaller keys (RequiredRSASize), and does not read larger ones.
    private const int SmallestRsa = 1024;
    private const int LargestRsa = 16384;

    private static readonly byte[] Probe = "commissaire"u8.ToArray();

    /// <summary>Whether it is an RSA key, which signs with one of several algorithms.</summary>
    public bool IsRsa => key is RsaKey;

    /// <summary>The public key in the SSH wire format.</summary>
    public byte[] PublicKey => new KeyHostAlgorithm(Name, key).Data;

    /// <summary>The public key as <c>authorized_keys</c> has it: type and base64.</summary>
    public string AuthorizedKey => $"{Name} {Convert.ToBase64String(PublicKey)}";

    /// <summary>Why the key cannot log in; null if it can.</summary>
    public string? Problem => key switch
    {
        RsaKey { KeyLength: < SmallestRsa or > LargestRsa } rsa =>
            $"is an RSA key of {rsa.KeyLength} bits, which sshd rejects. Create another key with 'ssh-keygen -t ed25519'",
        _ when !Fits =>
            "is not a private key: its private part does not belong to its public part. Check it with 'ssh-keygen -y -f FILE'",
        _ => null,
    };

    // SHA-1, the default of RSA keys here, is disabled on some systems.
    private bool Fits
    {
        get
        {
            using var rsa = key is RsaKey r ? new RsaDigitalSignature(r, HashAlgorithmName.SHA512) : null;
            return rsa?.Verify(Probe, rsa.Sign(Probe)) ?? key.VerifySignature(Probe, key.Sign(Probe));
        }
    }

    private string Name => IsRsa ? "ssh-rsa" : key.ToString()!;

    /// <summary>
    /// The key for one login. It offers one algorithm, because hosts count each algorithm that they refuse as a failed attempt. The
    /// algorithm of RSA is chosen late: when the host has sent its version.
    /// </summary>
    public IPrivateKeySource ForLogin(Func<string> rsaAlgorithm) => new Source(() => key is not RsaKey rsa
        ? new KeyHostAlgorithm(Name, key)
        : rsaAlgorithm() switch
        {
            RsaAlgorithms.Sha1 => new KeyHostAlgorithm(RsaAlgorithms.Sha1, rsa),
            RsaAlgorithms.Sha256 => new KeyHostAlgorithm(
                RsaAlgorithms.Sha256, rsa, new RsaDigitalSignature(rsa, HashAlgorithmName.SHA256)),
            _ => new KeyHostAlgorithm(RsaAlgorithms.Sha512, rsa, new RsaDigitalSignature(rsa, HashAlgorithmName.SHA512)),
        });

    public void Dispose() => (key as IDisposable)?.Dispose();

    private sealed class Source(Func<HostAlgorithm> choose) : IPrivateKeySource
    {
        public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms => [choose()];
    }
}
