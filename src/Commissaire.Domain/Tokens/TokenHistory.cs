using System.Diagnostics;

namespace Commissaire.Tokens;

/// <summary>Describes the events of an enrolment token for its history.</summary>
public static class TokenHistory
{
    /// <summary>Describes an event.</summary>
    public static HistoryLine Describe(TokenEvent @event) => @event switch
    {
        TokenEvent.Created e => new("created",
            $"created by '{e.By}' for {e.Uses} hosts of cluster '{e.Cluster}', until {e.ExpiresAt.UtcDateTime:yyyy-MM-ddTHH:mm:ss}Z"),
        TokenEvent.Used e => new("used", $"host {e.Host} registered itself"),
        TokenEvent.Misused e => new("misused", $"host {e.Host} was rejected: {e.Reason}"),
        TokenEvent.Revoked e => new("revoked", $"revoked by '{e.By}'"),
        _ => throw new UnreachableException($"Unknown event {@event.GetType()}."),
    };
}
