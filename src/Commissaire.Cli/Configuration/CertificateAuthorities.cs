using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Configuration;

/// <summary>The certificate authorities of a server, which replace those of the system.</summary>
/// <param name="Path">The file that contains them.</param>
/// <param name="Certificates">The authorities, and intermediate certificates.</param>
internal sealed record CertificateAuthorities(string Path, X509Certificate2Collection Certificates)
{
    /// <summary>Reads a bundle of certificates in PEM.</summary>
    /// <exception cref="CommandException">The file cannot be read, or contains no certificate.</exception>
    public static CertificateAuthorities Read(string argument, string path, CliEnvironment environment)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Files.ReadText(argument, path, environment));
        }
        catch (CryptographicException e)
        {
            throw new CommandException($"argument {argument}: '{path}' contains an invalid certificate: {e.Message}");
        }

        return certificates.Count > 0 ? new CertificateAuthorities(path, certificates)
            : throw new CommandException($"argument {argument}: '{path}' contains no certificate. Expected a file in PEM.");
    }

    /// <summary>The rules for the certificate of a server: it must lead to one of the authorities.</summary>
    public X509ChainPolicy ToPolicy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(Certificates);
        return policy;
    }
}
