using System.Text.Json.Serialization;

namespace Commissaire.Tokens;

/// <summary>A message for one enrolment token.</summary>
public interface IForToken
{
    /// <summary>The ID of the token.</summary>
    ResourceName Token { get; }
}

/// <summary>A command for an enrolment token.</summary>
[JsonDerivedType(typeof(TokenCommand.Create), "token/command/create/1")]
[JsonDerivedType(typeof(TokenCommand.Verify), "token/command/verify/1")]
[JsonDerivedType(typeof(TokenCommand.Use), "token/command/use/1")]
[JsonDerivedType(typeof(TokenCommand.Revoke), "token/command/revoke/1")]
[JsonDerivedType(typeof(TokenCommand.Describe), "token/command/describe/1")]
public abstract record TokenCommand(ResourceName Token) : IForToken
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Creates the token. The digest is the SHA-256 of its secret part, in hexadecimal digits.</summary>
    public sealed record Create(ResourceName Token, string Digest, ResourceName Cluster, int Uses, DateTimeOffset ExpiresAt, string By)
        : TokenCommand(Token);

    /// <summary>Checks the secret part of the token, but not whether the token may still be used.</summary>
    public sealed record Verify(ResourceName Token, string Digest) : TokenCommand(Token);

    /// <summary>Registers a host; a null cluster is the token's. A host that registers twice counts once.</summary>
    public sealed record Use(ResourceName Token, HostAddress Host, ResourceName? Cluster) : TokenCommand(Token);

    /// <summary>Revokes the token. Repeating it changes nothing.</summary>
    public sealed record Revoke(ResourceName Token, string By) : TokenCommand(Token);

    /// <summary>Returns the token.</summary>
    public sealed record Describe(ResourceName Token) : TokenCommand(Token);
}

/// <summary>A reply of an enrolment token.</summary>
[JsonDerivedType(typeof(TokenReply.Described), "token/reply/described/1")]
[JsonDerivedType(typeof(TokenReply.Verified), "token/reply/verified/1")]
[JsonDerivedType(typeof(TokenReply.Granted), "token/reply/granted/1")]
[JsonDerivedType(typeof(TokenReply.Refused), "token/reply/refused/1")]
[JsonDerivedType(typeof(TokenReply.NotFound), "token/reply/not-found/1")]
public abstract record TokenReply
{
    private TokenReply() { }

    /// <summary>The current state of the token.</summary>
    public sealed record Described(TokenView Token) : TokenReply;

    /// <summary>The secret part is correct.</summary>
    public sealed record Verified : TokenReply;

    /// <summary>The host may be registered into this cluster.</summary>
    public sealed record Granted(ResourceName Cluster) : TokenReply;

    /// <summary>The host must not be registered.</summary>
    public sealed record Refused(string Reason) : TokenReply;

    /// <summary>The token does not exist, or the secret part is wrong.</summary>
    public sealed record NotFound : TokenReply;
}

/// <summary>An event of an enrolment token.</summary>
[JsonDerivedType(typeof(TokenEvent.Created), "token/created/1")]
[JsonDerivedType(typeof(TokenEvent.Used), "token/used/1")]
[JsonDerivedType(typeof(TokenEvent.Misused), "token/misused/1")]
[JsonDerivedType(typeof(TokenEvent.Revoked), "token/revoked/1")]
public abstract record TokenEvent(DateTimeOffset At)
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>The token was created.</summary>
    public sealed record Created(string Digest, ResourceName Cluster, int Uses, DateTimeOffset ExpiresAt, string By, DateTimeOffset At)
        : TokenEvent(At);

    /// <summary>The token registered a host.</summary>
    public sealed record Used(HostAddress Host, DateTimeOffset At) : TokenEvent(At);

    /// <summary>The token rejected a host. Recorded once for each host and reason.</summary>
    public sealed record Misused(HostAddress Host, string Reason, DateTimeOffset At) : TokenEvent(At);

    /// <summary>The token was revoked.</summary>
    public sealed record Revoked(string By, DateTimeOffset At) : TokenEvent(At);
}

/// <summary>The public state of an enrolment token.</summary>
public sealed record TokenView(
    ResourceName Token, ResourceName Cluster, int Uses, int UsesLeft, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ExpiresAt,
    bool Revoked);
