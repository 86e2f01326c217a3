using System.Security.Cryptography.X509Certificates;

namespace Commissaire.Security;

/// <summary>Takes a client certificate that TLS has verified; optionally only one of a given common name.</summary>
internal sealed class ClientCertificateAuthenticator(string? commonName) : IAuthenticator
{
    /// <inheritdoc />
    public async ValueTask<string?> Authenticate(HttpContext context)
    {
        var name = (await context.Connection.GetClientCertificateAsync(context.RequestAborted))?.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        return string.IsNullOrEmpty(name) || (commonName is not null && commonName != name) ? null : name;
    }
}
