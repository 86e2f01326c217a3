using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Security;
using Commissaire.Storage;

namespace Commissaire.Import;

/// <summary>Creates the connections of an import: with the authorities and the client certificate that options name.</summary>
internal static class ImportTls
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Creates a handler that follows no redirect, because credentials could follow it.</summary>
    /// <exception cref="StartupException">A file cannot be read, or contains something else.</exception>
    public static SocketsHttpHandler Connect(NamedFile? authorities, NamedFile? certificate, NamedFile? key)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = ConnectTimeout };
        if (authorities is not null)
        {
            Require(authorities);
            handler.SslOptions.CertificateChainPolicy =
                ApiTrust.Policy(Certificates.LoadAuthorities(authorities.Option, authorities.Path));
        }

        if (certificate is not null && key is not null)
        {
            handler.SslOptions.ClientCertificateContext = Client(certificate, key);
        }

        return handler;
    }

    private static SslStreamCertificateContext Client(NamedFile certificate, NamedFile key)
    {
        Require(certificate);
        Require(key);
        try
        {
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(certificate.Path);
            return SslStreamCertificateContext.Create(
                X509Certificate2.CreateFromPemFile(certificate.Path, key.Path), all, offline: true);
        }
        catch (CryptographicException e)
        {
            throw new StartupException(
                $"{certificate.Option}: '{certificate.Path}' and '{key.Path}' must contain a certificate and its private key in PEM "
                + $"format: {e.Message}");
        }
    }

    private static void Require(NamedFile file) => ImportFile.Read(file.Option, file.Path, OptionFile.MaxSize);
}

/// <summary>A file, and the option that names it.</summary>
internal sealed record NamedFile(string Option, string Path)
{
    /// <summary>The file that an option names; null if it names none.</summary>
    public static NamedFile? Of(string option, string? path) => string.IsNullOrEmpty(path) ? null : new NamedFile(option, path);
}
