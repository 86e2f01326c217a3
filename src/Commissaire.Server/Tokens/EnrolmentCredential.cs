using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Commissaire.Tokens;

/// <summary>
/// The credential of an enrolment token: <c>Authorization: Bearer ID.SECRET</c> (RFC 6750). The id finds the token, the digest of the
/// secret proves it. The secret is 256 random bits, so a plain digest cannot be reversed.
/// </summary>
internal sealed record EnrolmentCredential(ResourceName Token, string Digest)
{
    private const int MaxSecretLength = 128;

    /// <summary>Creates a token.</summary>
    /// <returns>The text for the client, and the credential to store.</returns>
    public static (string Text, EnrolmentCredential Stored) Create()
    {
        var id = ResourceName.Parse(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)));
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return ($"{id}.{secret}", new EnrolmentCredential(id, DigestOf(secret)));
    }

    /// <summary>Reads an <c>Authorization</c> header; null if it carries no credential of this form.</summary>
    public static EnrolmentCredential? Read(string? authorization) =>
        AuthenticationHeaderValue.TryParse(authorization, out var header)
        && "Bearer".Equals(header.Scheme, StringComparison.OrdinalIgnoreCase)
        && header.Parameter?.Split('.') is [var id, { Length: > 0 and <= MaxSecretLength } secret]
        && ResourceName.TryParse(id, out var token)
            ? new EnrolmentCredential(token, DigestOf(secret))
            : null;

    private static string DigestOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
