using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Commissaire.Tokens;

/// <summary>The state of an enrolment token, which can register a set number of hosts into one cluster before it expires.</summary>
public sealed record TokenState(ResourceName Token)
{
    /// <summary>The maximum number of recorded rejections. Later rejections are not recorded.</summary>
    public const int MaxRecordedMisuses = 100;

    private TokenEvent.Created? Created { get; init; }

    private ImmutableHashSet<HostAddress> Hosts { get; init; } = [];

    private ImmutableHashSet<(HostAddress Host, string Reason)> Misuses { get; init; } = [];

    private bool Revoked { get; init; }

    /// <summary>Returns the public state of the token; null if the token does not exist.</summary>
    public TokenView? View() =>
        Created is { } c ? new(Token, c.Cluster, c.Uses, c.Uses - Hosts.Count, c.At, c.By, c.ExpiresAt, Revoked) : null;

    /// <summary>Returns the events and the reply of a command.</summary>
    public Decision<TokenEvent, TokenReply> Decide(TokenCommand command, DateTimeOffset now) => command switch
    {
        TokenCommand.Create c when Created is null => Apply(new TokenEvent.Created(c.Digest, c.Cluster, c.Uses, c.ExpiresAt, c.By, now)),
        TokenCommand.Create c => new([], new TokenReply.Refused($"token '{c.Token}' already exists")),
        _ when Created is null => new([], new TokenReply.NotFound()),
        TokenCommand.Verify c => new([], Same(c.Digest, Created.Digest) ? new TokenReply.Verified() : new TokenReply.NotFound()),
        TokenCommand.Use c when RejectionReason(c, now) is { } reason => new(
            Misuses.Count < MaxRecordedMisuses && !Misuses.Contains((c.Host, reason)) ? [new TokenEvent.Misused(c.Host, reason, now)] : [],
            new TokenReply.Refused(reason)),
        TokenCommand.Use c =>
            new(Hosts.Contains(c.Host) ? [] : [new TokenEvent.Used(c.Host, now)], new TokenReply.Granted(Created.Cluster)),
        TokenCommand.Revoke when Revoked => new([], new TokenReply.Described(View()!)),
        TokenCommand.Revoke c => Apply(new TokenEvent.Revoked(c.By, now)),
        TokenCommand.Describe => new([], new TokenReply.Described(View()!)),
        _ => throw new UnreachableException($"Unknown command {command.GetType()}."),
    };

    /// <summary>Returns the state after an event.</summary>
    public TokenState Evolve(TokenEvent @event) => @event switch
    {
        TokenEvent.Created e => this with { Created = e },
        TokenEvent.Used e => this with { Hosts = Hosts.Add(e.Host) },
        TokenEvent.Misused e => this with { Misuses = Misuses.Add((e.Host, e.Reason)) },
        TokenEvent.Revoked => this with { Revoked = true },
        _ => throw new UnreachableException($"Unknown event {@event.GetType()}."),
    };

    private string? RejectionReason(TokenCommand.Use c, DateTimeOffset now) => this switch
    {
        { Revoked: true } => "the enrolment token was revoked",
        _ when now >= Created!.ExpiresAt => $"the enrolment token expired at {Created.ExpiresAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z",
        _ when c.Cluster is { } cluster && cluster != Created.Cluster =>
            $"the enrolment token registers hosts into cluster '{Created.Cluster}', not into '{cluster}'",
        _ when Hosts.Count >= Created.Uses && !Hosts.Contains(c.Host) =>
            $"the enrolment token is used up: it registered {Created.Uses} of {Created.Uses} hosts",
        _ => null,
    };

    private Decision<TokenEvent, TokenReply> Apply(TokenEvent @event) => new([@event], new TokenReply.Described(Evolve(@event).View()!));

    private static bool Same(string offered, string recorded) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(offered), Encoding.ASCII.GetBytes(recorded));
}
