using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Commissaire.Tokens;

/// <summary>
/// What a holder of an enrolment token sends: <c>Authorization: Bearer ID.SECRET</c> (RFC 6750). The id finds the token, the digest of the secret
/// proves it. The secret is 256 random bits, so a plain digest of it cannot be turned back.
/// </summary>
/// <param name="Token">The public part.</param>
/// <param name="Digest">The SHA-256 of the secret part, in hexadecimal digits.</param>
internal sealed record EnrolmentCredential(ResourceName Token, string Digest)
{
    private const int LongestSecret = 128;

    /// <summary>A new token: what to hand out, and what to keep.</summary>
    public static (string Text, EnrolmentCredential Kept) Create()
    {
        var id = ResourceName.Parse(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return ($"{id}.{secret}", new EnrolmentCredential(id, DigestOf(secret)));
    }

    /// <summary>The credential a request brings; null when it brings none.</summary>
    public static EnrolmentCredential? Of(HttpContext context) =>
        AuthenticationHeaderValue.TryParse(context.Request.Headers.Authorization, out var header) && "Bearer".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase)
            && header.Parameter?.Split('.') is [var id, { Length: > 0 and <= LongestSecret } secret] && ResourceName.TryParse(id, out var token)
            ? new EnrolmentCredential(token, DigestOf(secret))
            : null;

    private static string DigestOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
