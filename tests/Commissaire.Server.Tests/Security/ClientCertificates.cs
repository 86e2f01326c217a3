using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Commissaire.Security;

namespace Commissaire.Server.Tests.Security;

public sealed class ClientCertificates : IDisposable
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string Any = "2.5.29.37.0";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public ClientCertificates()
    {
        var request = new CertificateRequest("CN=Test CA", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    [Theory]
    [InlineData("CN=operator", "operator")]
    [InlineData("CN=operator, O=anywhere", "operator")]
    [InlineData("CN=operator, CN=admin", null)]
    [InlineData("CN=operator, O=anywhere, CN=operator", null)]
    [InlineData("O=anywhere", null)]
    [InlineData("", null)]
    [InlineData("CN=\" \"", null)]
    public void A_subject_needs_exactly_one_common_name(string subject, string? name)
    {
        using var certificate = Issue(subject, ClientAuthentication);
        Assert.Equal(name, Certificates.CommonName(certificate));
    }

    [Theory]
    [InlineData("operator", new[] { "2.5.4.3" }, new[] { "2.5.4.10", "2.5.4.11" })]
    [InlineData(null, new[] { "2.5.4.3", "2.5.4.3" })]
    [InlineData(null, new[] { "2.5.4.3", "2.5.4.10" })]
    [InlineData(null, new[] { "2.5.4.3" }, new[] { "2.5.4.3", "2.5.4.10" })]
    public void A_common_name_beside_other_attributes_is_none(string? name, params string[][] parts)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var part in parts)
            {
                using var set = writer.PushSetOf();
                foreach (var type in part)
                {
                    using var attribute = writer.PushSequence();
                    writer.WriteObjectIdentifier(type);
                    writer.WriteCharacterString(UniversalTagNumber.UTF8String, "operator");
                }
            }
        }

        using var certificate = Issue(new X500DistinguishedName(writer.Encode()), ClientAuthentication);
        Assert.Equal(name, Certificates.CommonName(certificate));
    }

    [Theory]
    [InlineData(true, ClientAuthentication)]
    [InlineData(true, ServerAuthentication, ClientAuthentication)]
    [InlineData(false, ServerAuthentication)]
    [InlineData(false, Any)]
    [InlineData(false)]
    public void A_certificate_must_be_for_client_authentication(bool valid, params string[] usages)
    {
        using var certificate = Issue("CN=operator", usages);
        Assert.Equal(valid, Certificates.VerifyClient(certificate, null, [_authority]));
    }

    private X509Certificate2 Issue(string subject, params string[] usages) => Issue(new X500DistinguishedName(subject), usages);

    private X509Certificate2 Issue(X500DistinguishedName subject, params string[] usages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (usages.Length > 0)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. usages.Select(u => new Oid(u))], false));
        }

        return request.Create(
            _authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
    }
}
