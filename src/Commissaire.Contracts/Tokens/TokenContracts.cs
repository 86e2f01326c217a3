using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Commissaire.Contracts.Tokens;

/// <summary>The body of <c>POST /api/v0/tokens</c>: creates an enrolment token, which can only register hosts into one cluster.</summary>
/// <example>{"cluster": "demo", "ttl": 3600, "uses": 10}</example>
public sealed record CreateTokenRequest
{
    /// <summary>The cluster into which hosts register. Required.</summary>
    [Required]
    public string? Cluster { get; init; }

    /// <summary>The lifetime of the token, in seconds. Default 86400 (a day), maximum one year.</summary>
    [Range(1, 31_536_000)]
    [DefaultValue(86_400)]
    public int? Ttl { get; init; }

    /// <summary>The number of hosts that can register with the token. Default 1, maximum 10,000.</summary>
    [Range(1, 10_000)]
    [DefaultValue(1)]
    public int? Uses { get; init; }
}

/// <summary>An enrolment token, as the response to its creation: the only response that contains the secret.</summary>
/// <param name="Id">The identifier of the token; not secret.</param>
/// <param name="Token">The credential <c>ID.SECRET</c>, to send as <c>Authorization: Bearer</c>.</param>
/// <param name="Cluster">The cluster into which hosts register.</param>
/// <param name="ExpiresAt">The expiry time: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Uses">The number of hosts that can register with the token.</param>
/// <param name="UsesLeft">The number of hosts that can still register.</param>
/// <example>
/// {"id": "3f9c1a2b4d5e", "token": "3f9c1a2b4d5e.SECRET", "cluster": "demo", "expires_at": "2026-11-26T14:41:14.031946", "uses": 10,
/// "uses_left": 10}
/// </example>
public sealed record CreatedTokenResource(string Id, string Token, string Cluster, string ExpiresAt, int Uses, int UsesLeft);

/// <summary>An enrolment token without its secret, as <c>GET /api/v0/tokens</c> lists it.</summary>
/// <param name="Id">The identifier of the token, as <c>DELETE /api/v0/token/{id}</c> takes it.</param>
/// <param name="Cluster">The cluster into which hosts register.</param>
/// <param name="ExpiresAt">The expiry time: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Uses">The number of hosts that can register with the token.</param>
/// <param name="UsesLeft">The number of hosts that can still register.</param>
/// <param name="CreatedBy">The user who created the token.</param>
/// <param name="CreatedAt">The time of creation: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Revoked">Whether the token was revoked.</param>
/// <example>
/// {"id": "3f9c1a2b4d5e", "cluster": "demo", "expires_at": "2026-11-26T14:41:14.031946", "uses": 10, "uses_left": 9,
/// "created_by": "admin", "created_at": "2026-11-26T13:41:14.031946", "revoked": false}
/// </example>
public sealed record TokenResource(
    string Id, string Cluster, string ExpiresAt, int Uses, int UsesLeft, string CreatedBy, string CreatedAt, bool Revoked);
