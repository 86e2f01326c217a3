using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Commissaire.Security;

namespace Commissaire.Processes;

/// <summary>
/// The certificates by which the processes of an installation know each other, unless the operator gives others. Their authority is
/// derived from the key file: a process proves that it has the file.
/// </summary>
internal static class ProcessCertificates
{
    /// <summary>The DNS name in the certificate of a process: no other certificate of an authority is enough.</summary>
    public const string Name = "commissaire-process";

    private static readonly OidCollection Purposes = [new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")];

    // The order of the group of P-256 (FIPS 186-5, NIST SP 800-186).
    private static readonly BigInteger Order =
        BigInteger.Parse("115792089210356248762697446949407573529996955224135760342422259061068512044369", null);

    // Clocks of machines differ.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromDays(1);

    /// <summary>
    /// Issues a certificate for this process by the authority of the first key, and trusts the authorities of all keys: so keys can be
    /// rotated one process after the other.
    /// </summary>
    public static MutualTls Issue(SecretKeys keys, DateTimeOffset now)
    {
        // Processes are restarted for each upgrade, long before their certificate expires.
        var (from, to) = (now - ClockSkew, now.AddYears(10));
        var authorities = new X509Certificate2Collection();
        X509Certificate2? own = null;
        foreach (var seed in keys.Derive("process authority", 40))
        {
            using var key = AuthorityKey(seed);
            using var authority = Authority(key, from, to);
            authorities.Add(X509CertificateLoader.LoadCertificate(authority.RawData));
            own ??= Process(authority, from, to);
        }

        return new MutualTls(own!, authorities);
    }

    /// <summary>Whether one of the authorities issued the certificate for a process of an installation.</summary>
    public static bool Verify(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection authorities) =>
        certificate.MatchesHostname(Name, allowWildcards: false, allowCommonName: false)
        && Certificates.VerifyPeer(certificate, sent, authorities);

    // 40 bytes make the remainder uniform enough (FIPS 186-5, A.2.1).
    private static ECDsa AuthorityKey(byte[] seed)
    {
        var scalar = (new BigInteger(seed, isUnsigned: true, isBigEndian: true) % (Order - 1)) + 1;
        var d = new byte[32];
        scalar.TryWriteBytes(d.AsSpan(32 - scalar.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
    }

    private static X509Certificate2 Authority(ECDsa key, DateTimeOffset from, DateTimeOffset to)
    {
        // A name for each key: the platform looks for the issuer by its name.
        var id = Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo())[..8]);
        var request = new CertificateRequest($"CN=Commissaire processes {id}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        return request.CreateSelfSigned(from, to);
    }

    private static X509Certificate2 Process(X509Certificate2 authority, DateTimeOffset from, DateTimeOffset to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(Name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(Purposes, critical: false));
        using var signed = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }
}
