namespace Commissaire.Contracts.Tokens;

/// <summary>An enrolment token: a credential that only registers hosts into one cluster. Its secret part is shown when it is made, and never again.</summary>
/// <param name="Id">Its public part.</param>
/// <param name="Cluster">The cluster it registers hosts into.</param>
/// <param name="Uses">How many hosts it registers.</param>
/// <param name="UsesLeft">How many of them are left.</param>
/// <param name="ExpiresAt">Until when it may be used: UTC, six fractional digits, no zone.</param>
/// <param name="CreatedBy">Who asked for it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Revoked">Whether it was revoked.</param>
public sealed record TokenResource(string Id, string Cluster, int Uses, int UsesLeft, string ExpiresAt, string CreatedBy, string CreatedAt, bool Revoked);

/// <summary>The answer to <c>POST /api/v0/tokens</c>: the only one that holds the whole token.</summary>
/// <param name="Id">Its public part.</param>
/// <param name="Token">The whole token, to be sent as <c>Authorization: Bearer TOKEN</c>.</param>
/// <param name="Cluster">The cluster it registers hosts into.</param>
/// <param name="Uses">How many hosts it registers.</param>
/// <param name="UsesLeft">How many of them are left.</param>
/// <param name="ExpiresAt">Until when it may be used: UTC, six fractional digits, no zone.</param>
public sealed record CreatedTokenResource(string Id, string Token, string Cluster, int Uses, int UsesLeft, string ExpiresAt);

/// <summary>The body of <c>POST /api/v0/tokens</c>.</summary>
public sealed record CreateTokenRequest
{
    /// <summary>The cluster that hosts register into; needed.</summary>
    public string? Cluster { get; init; }

    /// <summary>For how long the token may be used, in seconds; a day when it is left out, a year at most.</summary>
    public int? Ttl { get; init; }

    /// <summary>How many hosts it registers; one when it is left out, 10,000 at most.</summary>
    public int? Uses { get; init; }
}
