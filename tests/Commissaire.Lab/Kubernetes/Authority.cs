using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Lab.Kubernetes;

/// <summary>The certificate authority of one cluster.</summary>
internal sealed class Authority : IDisposable
{
    private const string ForServers = "1.3.6.1.5.5.7.3.1";
    private const string ForClients = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 ca;

    public Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        ca = request.CreateSelfSigned(Yesterday, Yesterday.AddYears(1));
    }

    public string Pem => ca.ExportCertificatePem() + "\n";

    private static DateTimeOffset Yesterday => DateTimeOffset.UtcNow.AddDays(-1);

    /// <summary>Issues a certificate for a server with these names and addresses.</summary>
    public X509Certificate2 IssueServer(IEnumerable<string> subjects)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var subject in subjects)
        {
            if (IPAddress.TryParse(subject, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(subject);
            }
        }

        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        using var issued = Sign(request, ForServers);
        return issued.CopyWithPrivateKey(key);
    }

    /// <summary>Issues a certificate and key for a user, in PEM form. The group is its organization.</summary>
    public (string Certificate, string Key) IssueClient(string user, string group)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedNameBuilder();
        subject.AddOrganizationName(group);
        subject.AddCommonName(user);
        using var issued = Sign(new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256), ForClients);
        return (issued.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>Whether this authority issued a client certificate.</summary>
    public bool Vouches(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ForClients));
        return chain.Build(certificate);
    }

    public void Dispose() => ca.Dispose();

    private X509Certificate2 Sign(CertificateRequest request, string purpose)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, true, false));
        return request.Create(ca, Yesterday, Yesterday.AddMonths(6), RandomNumberGenerator.GetBytes(16));
    }
}
