using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Commissaire.Hosts;

namespace Commissaire.Tokens;

/// <summary>
/// All that is true of one enrolment token: a credential that can do nothing but register so many hosts into one cluster until some time.
/// </summary>
/// <param name="Token">Its public part.</param>
public sealed record TokenState(ResourceName Token)
{
    /// <summary>How many hosts that were turned away are written down; what comes after them is only refused.</summary>
    public const int MisusesKept = 100;

    private TokenEvent.Created? Created { get; init; }

    private ImmutableHashSet<HostAddress> Hosts { get; init; } = [];

    private ImmutableHashSet<(HostAddress Host, string Reason)> Misuses { get; init; } = [];

    private bool Revoked { get; init; }

    /// <summary>The token as others see it; null when there is none.</summary>
    public TokenView? View() => Created is { } c ? new(Token, c.Cluster, c.Uses, c.Uses - Hosts.Count, c.At, c.By, c.ExpiresAt, Revoked) : null;

    /// <summary>What a command makes true, and the answer.</summary>
    /// <param name="command">The command.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="UnreachableException">The command is none that a token takes.</exception>
    public Decision<TokenEvent, TokenReply> Decide(TokenCommand command, DateTimeOffset now) => command switch
    {
        TokenCommand.Create c when Created is null => Then(new TokenEvent.Created(c.Digest, c.Cluster, c.Uses, c.ExpiresAt, c.By, now)),
        TokenCommand.Create c => new([], new TokenReply.Refused($"there is a token '{c.Token}' already")),
        _ when Created is null => new([], new TokenReply.NotFound()),
        TokenCommand.Verify c => new([], Same(c.Digest, Created.Digest) ? new TokenReply.Verified() : new TokenReply.NotFound()),
        TokenCommand.Use c when Objection(c, now) is { } reason => new(
            Misuses.Count < MisusesKept && !Misuses.Contains((c.Host, reason)) ? [new TokenEvent.Misused(c.Host, reason, now)] : [], new TokenReply.Refused(reason)),
        TokenCommand.Use c => new(Hosts.Contains(c.Host) ? [] : [new TokenEvent.Used(c.Host, now)], new TokenReply.Granted(Created.Cluster)),
        TokenCommand.Revoke when Revoked => new([], new TokenReply.Described(View()!)),
        TokenCommand.Revoke c => Then(new TokenEvent.Revoked(c.By, now)),
        TokenCommand.Describe => new([], new TokenReply.Described(View()!)),
        _ => throw new UnreachableException($"A token does not know {command.GetType()}."),
    };

    /// <summary>What the token is after an event.</summary>
    /// <exception cref="UnreachableException">The event is none that a token writes.</exception>
    public TokenState Evolve(TokenEvent happened) => happened switch
    {
        TokenEvent.Created e => this with { Created = e },
        TokenEvent.Used e => this with { Hosts = Hosts.Add(e.Host) },
        TokenEvent.Misused e => this with { Misuses = Misuses.Add((e.Host, e.Reason)) },
        TokenEvent.Revoked => this with { Revoked = true },
        _ => throw new UnreachableException($"A token does not know {happened.GetType()}."),
    };

    private string? Objection(TokenCommand.Use c, DateTimeOffset now) => this switch
    {
        { Revoked: true } => "the enrolment token was revoked",
        _ when now >= Created!.ExpiresAt => $"the enrolment token expired at {Created.ExpiresAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z",
        _ when c.Cluster is { } cluster && cluster != Created.Cluster => $"the enrolment token registers hosts into cluster '{Created.Cluster}', not into '{cluster}'",
        _ when Hosts.Count >= Created.Uses && !Hosts.Contains(c.Host) => $"the enrolment token is used up: it was for {Created.Uses} hosts",
        _ => null,
    };

    private Decision<TokenEvent, TokenReply> Then(TokenEvent happened) => new([happened], new TokenReply.Described(Evolve(happened).View()!));

    private static bool Same(string offered, string kept) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(offered), Encoding.ASCII.GetBytes(kept));
}
