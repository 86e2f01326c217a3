using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Server.Tests.Import;

/// <summary>A self-signed certificate for 127.0.0.1, with its files.</summary>
internal sealed class LoopbackCertificate : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public LoopbackCertificate(ImportRun import)
    {
        var request = new CertificateRequest("CN=loopback", _key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        Certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (certificate, key) = (Certificate.ExportCertificatePem(), _key.ExportPkcs8PrivateKeyPem());
        CertificateFile = import.Write("loopback.crt", certificate);
        KeyFile = import.Write("loopback.key", key);
        BothFile = import.Write("loopback.pem", $"{certificate}\n{key}");
    }

    public X509Certificate2 Certificate { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    /// <summary>A file with certificate and key.</summary>
    public string BothFile { get; }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }
}
