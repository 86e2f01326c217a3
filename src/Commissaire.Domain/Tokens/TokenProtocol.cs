using System.Text.Json.Serialization;
using Commissaire.Hosts;

namespace Commissaire.Tokens;

/// <summary>A message for one enrolment token: all that routing needs.</summary>
public interface IForToken
{
    /// <summary>The token it is for.</summary>
    ResourceName Token { get; }
}

/// <summary>Everything an enrolment token can be told.</summary>
[JsonDerivedType(typeof(TokenCommand.Create), "token/command/create/1")]
[JsonDerivedType(typeof(TokenCommand.Verify), "token/command/verify/1")]
[JsonDerivedType(typeof(TokenCommand.Use), "token/command/use/1")]
[JsonDerivedType(typeof(TokenCommand.Revoke), "token/command/revoke/1")]
[JsonDerivedType(typeof(TokenCommand.Describe), "token/command/describe/1")]
public abstract record TokenCommand(ResourceName Token) : IForToken
{
    /// <summary>Come to be.</summary>
    /// <param name="Token">The public part of the token.</param>
    /// <param name="Digest">The SHA-256 of its secret part, in hexadecimal digits.</param>
    /// <param name="Cluster">The cluster it registers hosts into.</param>
    /// <param name="Uses">How many hosts it registers.</param>
    /// <param name="ExpiresAt">Until when.</param>
    /// <param name="By">Who asked for it.</param>
    public sealed record Create(ResourceName Token, string Digest, ResourceName Cluster, int Uses, DateTimeOffset ExpiresAt, string By) : TokenCommand(Token);

    /// <summary>Is this the secret part? Says nothing of whether the token may still be used.</summary>
    public sealed record Verify(ResourceName Token, string Digest) : TokenCommand(Token);

    /// <summary>Register a host. A host that the token registered before costs no further use.</summary>
    /// <param name="Token">The token.</param>
    /// <param name="Host">The host.</param>
    /// <param name="Cluster">The cluster the host asks for; null for the token's own.</param>
    public sealed record Use(ResourceName Token, HostAddress Host, ResourceName? Cluster) : TokenCommand(Token);

    /// <summary>Register no more hosts. Repeating it changes nothing.</summary>
    public sealed record Revoke(ResourceName Token, string By) : TokenCommand(Token);

    /// <summary>How are you?</summary>
    public sealed record Describe(ResourceName Token) : TokenCommand(Token);
}

/// <summary>What an enrolment token answers.</summary>
[JsonDerivedType(typeof(TokenReply.Described), "token/reply/described/1")]
[JsonDerivedType(typeof(TokenReply.Verified), "token/reply/verified/1")]
[JsonDerivedType(typeof(TokenReply.Granted), "token/reply/granted/1")]
[JsonDerivedType(typeof(TokenReply.Refused), "token/reply/refused/1")]
[JsonDerivedType(typeof(TokenReply.NotFound), "token/reply/not-found/1")]
public abstract record TokenReply
{
    private TokenReply() { }

    /// <summary>This is the token now.</summary>
    public sealed record Described(TokenView Token) : TokenReply;

    /// <summary>The secret part is right.</summary>
    public sealed record Verified : TokenReply;

    /// <summary>The host may be registered into this cluster.</summary>
    public sealed record Granted(ResourceName Cluster) : TokenReply;

    /// <summary>The host may not be registered.</summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Refused(string Reason) : TokenReply;

    /// <summary>There is no such token, or that is not its secret part.</summary>
    public sealed record NotFound : TokenReply;
}

/// <summary>What happened to an enrolment token.</summary>
/// <param name="At">When.</param>
[JsonDerivedType(typeof(TokenEvent.Created), "token/created/1")]
[JsonDerivedType(typeof(TokenEvent.Used), "token/used/1")]
[JsonDerivedType(typeof(TokenEvent.Misused), "token/misused/1")]
[JsonDerivedType(typeof(TokenEvent.Revoked), "token/revoked/1")]
public abstract record TokenEvent(DateTimeOffset At)
{
    /// <summary>It came to be.</summary>
    /// <param name="Digest">The SHA-256 of its secret part, in hexadecimal digits.</param>
    /// <param name="Cluster">The cluster it registers hosts into.</param>
    /// <param name="Uses">How many hosts it registers.</param>
    /// <param name="ExpiresAt">Until when.</param>
    /// <param name="By">Who asked for it.</param>
    /// <param name="At">When.</param>
    public sealed record Created(string Digest, ResourceName Cluster, int Uses, DateTimeOffset ExpiresAt, string By, DateTimeOffset At) : TokenEvent(At);

    /// <summary>A host was let in by it.</summary>
    public sealed record Used(HostAddress Host, DateTimeOffset At) : TokenEvent(At);

    /// <summary>A host was turned away. Written once for each reason and host.</summary>
    public sealed record Misused(HostAddress Host, string Reason, DateTimeOffset At) : TokenEvent(At);

    /// <summary>It was revoked.</summary>
    public sealed record Revoked(string By, DateTimeOffset At) : TokenEvent(At);
}

/// <summary>An enrolment token as others see it: everything but its secret part.</summary>
/// <param name="Token">Its public part.</param>
/// <param name="Cluster">The cluster it registers hosts into.</param>
/// <param name="Uses">How many hosts it registers.</param>
/// <param name="UsesLeft">How many of them are left.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="CreatedBy">Who asked for it.</param>
/// <param name="ExpiresAt">Until when it may be used.</param>
/// <param name="Revoked">Whether it was revoked.</param>
public sealed record TokenView(
    ResourceName Token, ResourceName Cluster, int Uses, int UsesLeft, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset ExpiresAt, bool Revoked);
