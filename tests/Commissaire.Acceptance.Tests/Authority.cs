using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Acceptance.Tests;

/// <summary>A certificate authority for a test, valid from yesterday until tomorrow.</summary>
public sealed class Authority : IDisposable
{
    private const string ForClients = "1.3.6.1.5.5.7.3.2";
    private const string ForServers = "1.3.6.1.5.5.7.3.1";

    private readonly ECDsa key;

    private Authority(X509Certificate2 certificate, ECDsa key) => (Certificate, this.key) = (certificate, key);

    public X509Certificate2 Certificate { get; }

    /// <summary>Its certificate, as <c>tls_clientverifyfile</c> expects it.</summary>
    public string Pem => Certificate.ExportCertificatePem() + "\n";

    public static Authority Root(string subject = "CN=Test CA")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new Authority(ForAuthority(subject, key).CreateSelfSigned(Days(-1), Days(1)), key);
    }

    /// <summary>Issues an intermediate authority.</summary>
    public Authority Intermediate(string subject = "CN=Test intermediate CA")
    {
        var lower = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new Authority(Sign(ForAuthority(subject, lower), Days(-1), Days(1)), lower);
    }

    public Issued Client(string subject, double from = -1, double to = 1) => Issue(subject, ForClients, from, to);

    public Issued Server() => Issue("CN=localhost", ForServers, -1, 1);

    /// <summary>Issues a certificate for a process, with the name that marks one.</summary>
    public Issued Process() => Issue("CN=a process", $"{ForServers},{ForClients}", -1, 1, "commissaire-process");

    public void Dispose()
    {
        Certificate.Dispose();
        key.Dispose();
    }

    private Issued Issue(string subject, string usages, double from, double to, string? name = null)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension(Oids(usages), false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        if (name is not null)
        {
            names.AddDnsName(name);
        }

        request.CertificateExtensions.Add(names.Build());
        using var signed = Sign(request, Days(from), Days(to));
        return new Issued(signed.CopyWithPrivateKey(own), own.ExportPkcs8PrivateKeyPem());
    }

    private static OidCollection Oids(string values)
    {
        var oids = new OidCollection();
        foreach (var value in values.Split(','))
        {
            oids.Add(new Oid(value));
        }

        return oids;
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset from, DateTimeOffset to) =>
        request.Create(Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(key), from, to, RandomNumberGenerator.GetBytes(8));

    private static CertificateRequest ForAuthority(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request;
    }

    private static DateTimeOffset Days(double days) => DateTimeOffset.UtcNow.AddDays(days);
}

/// <summary>A certificate with its private key.</summary>
public sealed record Issued(X509Certificate2 Certificate, string Key) : IDisposable
{
    /// <summary>The certificate and the key, as <c>tls_pemfile</c> expects them.</summary>
    public string Pem => Certificate.ExportCertificatePem() + "\n" + Key + "\n";

    public void Dispose() => Certificate.Dispose();
}
