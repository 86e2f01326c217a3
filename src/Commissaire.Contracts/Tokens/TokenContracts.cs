namespace Commissaire.Contracts.Tokens;

/// <summary>The body of <c>POST /api/v0/tokens</c>: an enrolment token, which lets hosts register themselves and nothing else.</summary>
public sealed record CreateTokenRequest
{
    /// <summary>The cluster they register into.</summary>
    public string? Cluster { get; init; }

    /// <summary>For how long it is good, in seconds; a day when it is left out, a year at most.</summary>
    public int? Ttl { get; init; }

    /// <summary>How many hosts it registers; one when it is left out, 10,000 at most.</summary>
    public int? Uses { get; init; }
}

/// <summary>An enrolment token as it is answered to its making: the only time that the token itself is shown.</summary>
/// <param name="Id">What it is called; no secret.</param>
/// <param name="Token">The secret: what goes after <c>Authorization: Bearer</c>.</param>
/// <param name="Cluster">The cluster hosts register into with it.</param>
/// <param name="ExpiresAt">Until when it is good: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Uses">How many registrations it is good for.</param>
/// <param name="UsesLeft">How many of them are left.</param>
public sealed record CreatedTokenResource(string Id, string Token, string Cluster, string ExpiresAt, int Uses, int UsesLeft);

/// <summary>An enrolment token, as <c>GET /api/v0/tokens</c> lists it.</summary>
/// <param name="Id">What it is called; what <c>DELETE /api/v0/token/{id}</c> takes.</param>
/// <param name="Cluster">The cluster hosts register into with it.</param>
/// <param name="ExpiresAt">Until when it is good: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Uses">How many registrations it is good for.</param>
/// <param name="UsesLeft">How many of them are left.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When, in the form of <paramref name="ExpiresAt"/>.</param>
/// <param name="Revoked">Whether somebody revoked it.</param>
public sealed record TokenResource(
    string Id, string Cluster, string ExpiresAt, int Uses, int UsesLeft, string CreatedBy, string CreatedAt, bool Revoked);
