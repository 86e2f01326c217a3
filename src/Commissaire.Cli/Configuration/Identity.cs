using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Commissaire.Configuration;

/// <summary>What is shown to a server so that it knows who asks.</summary>
/// <param name="Header">The Authorization header.</param>
/// <param name="Certificate">The certificate of the TLS client.</param>
internal sealed record Identity(AuthenticationHeaderValue? Header, X509Certificate2? Certificate)
{
    /// <summary>User and password.</summary>
    public static Identity Basic(string user, string password) =>
        new(new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))), null);
}
