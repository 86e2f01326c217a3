using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Security;

/// <summary>Certificates in PEM files, and whether one is to be believed.</summary>
internal static class Certificates
{
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2", "Client authentication");

    /// <summary>Reads a certificate and its key from one file, with the intermediates that stand beside it.</summary>
    /// <param name="setting">Which setting names the file.</param>
    /// <param name="pem">The file.</param>
    /// <exception cref="StartupException">It holds no certificate with a key.</exception>
    public static (X509Certificate2 Own, X509Certificate2Collection Intermediates) Own(string setting, string pem)
    {
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(pem);
            return (X509Certificate2.CreateFromPemFile(pem, pem), all);
        }
        catch (CryptographicException e)
        {
            throw new StartupException($"{setting}: '{pem}' must hold a certificate and its private key in PEM form: {e.Message}");
        }
    }

    /// <summary>Reads the certificates of authorities.</summary>
    /// <param name="setting">Which setting names the file.</param>
    /// <param name="pem">The file.</param>
    /// <exception cref="StartupException">It holds none.</exception>
    public static X509Certificate2Collection Authorities(string setting, string pem)
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
            : throw new StartupException($"{setting}: '{pem}' must hold certificates of authorities in PEM form.");
    }

    /// <summary>Whether one of the authorities vouches for a client's certificate.</summary>
    public static bool Verifies(X509Certificate2 offered, X509Chain? sent, X509Certificate2Collection authorities) => Verifies(offered, sent, authorities, ClientAuthentication);

    /// <summary>Whether one of the authorities vouches for another process's certificate, whichever side of a connection that is.</summary>
    public static bool VerifiesPeer(X509Certificate2 offered, X509Chain? sent, X509Certificate2Collection authorities) => Verifies(offered, sent, authorities, null);

    private static bool Verifies(X509Certificate2 offered, X509Chain? sent, X509Certificate2Collection authorities, Oid? purpose)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (purpose is not null)
        {
            chain.ChainPolicy.ApplicationPolicy.Add(purpose);
        }

        // What a certificate says of itself must not make the server fetch anything from anywhere.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        }

        return chain.Build(offered);
    }
}
