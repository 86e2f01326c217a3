using System.Diagnostics;
using Commissaire.Hosts;

namespace Commissaire.Tokens;

/// <summary>Tells the story of an enrolment token from its events.</summary>
public static class TokenHistory
{
    /// <summary>An event in words.</summary>
    /// <exception cref="UnreachableException">The event is none that a token writes.</exception>
    public static HistoryLine Tell(TokenEvent happened) => happened switch
    {
        TokenEvent.Created e => new("created", $"created by '{e.By}' for {e.Uses} hosts of cluster '{e.Cluster}', until {e.ExpiresAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z"),
        TokenEvent.Used e => new("used", $"host {e.Host} registered itself"),
        TokenEvent.Misused e => new("misused", $"host {e.Host} was turned away: {e.Reason}"),
        TokenEvent.Revoked e => new("revoked", $"revoked by '{e.By}'"),
        _ => throw new UnreachableException($"No words for {happened.GetType()}."),
    };
}
