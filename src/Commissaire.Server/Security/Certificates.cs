using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Security;

/// <summary>Loads certificates from PEM files and verifies certificates.</summary>
internal static class Certificates
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2", "Client authentication");

    /// <summary>Loads a certificate, its private key and its intermediate certificates from one file.</summary>
    /// <exception cref="StartupException">The file does not contain a certificate and its private key.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2Collection Intermediates) LoadWithKey(string setting, string pem)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(pem);
            return (X509Certificate2.CreateFromPemFile(pem, pem), all);
        }
        catch (CryptographicException e)
        {
            throw new StartupException($"{setting}: '{pem}' must contain a certificate and its private key in PEM format: {e.Message}");
        }
    }

    /// <summary>Loads the certificates of certificate authorities.</summary>
    /// <exception cref="StartupException">The file contains no certificate.</exception>
    public static X509Certificate2Collection LoadAuthorities(string setting, string pem)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(pem);
        }
        catch (CryptographicException)
        {
            authorities.Clear();
        }

        return authorities.Count > 0
            ? authorities
            : throw new StartupException($"{setting}: '{pem}' must contain the certificates of authorities in PEM format.");
    }

    /// <summary>Whether one of the authorities issued a certificate, explicitly for client authentication.</summary>
    public static bool VerifyClient(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection authorities) =>
        IsForClients(certificate) && Verify(certificate, sent, authorities, ClientAuthentication);

    /// <summary>The common name of a subject; null unless the subject has exactly one, so that no two names can be confused.</summary>
    public static string? CommonName(X509Certificate2 certificate)
    {
        const string CommonNameOid = "2.5.4.3";
        string? found = null;
        foreach (var part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            var isName = TypesIn(part).Contains(CommonNameOid);
            if (isName && (found is not null || part.HasMultipleElements))
            {
                return null;
            }

            found = isName ? part.GetSingleElementValue() : found;
        }

        return string.IsNullOrWhiteSpace(found) || found.Any(char.IsControl) ? null : found;
    }

    private static List<string> TypesIn(X500RelativeDistinguishedName part)
    {
        var (types, elements) = (new List<string>(), new AsnReader(part.RawData, AsnEncodingRules.DER).ReadSetOf());
        while (elements.HasData)
        {
            types.Add(elements.ReadSequence().ReadObjectIdentifier());
        }

        return types;
    }

    // A chain accepts a certificate without the extension for every purpose.
    private static bool IsForClients(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .Any(e => e.EnhancedKeyUsages.Cast<Oid>().Any(o => o.Value == ClientAuthentication.Value));

    /// <summary>Whether one of the authorities issued the certificate of another process, for either side of a connection.</summary>
    public static bool VerifyPeer(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection authorities) =>
        Verify(certificate, sent, authorities, null);

    private static bool Verify(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection authorities, Oid? purpose)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (purpose is not null)
        {
            chain.ChainPolicy.ApplicationPolicy.Add(purpose);
        }

        // A certificate must not make the server download URLs that it names.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(certificate);
    }
}
