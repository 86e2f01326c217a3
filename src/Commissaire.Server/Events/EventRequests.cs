using System.Globalization;

namespace Commissaire.Events;

/// <summary>Reads and validates requests for events.</summary>
internal static class EventRequests
{
    /// <summary>Reads the id of the last event that the client got; null if it asks for new events only.</summary>
    /// <exception cref="InvalidRequestException">The id is not a number.</exception>
    public static long? LastEventId(IHeaderDictionary headers) => headers["Last-Event-ID"] switch
    {
        [] => null,
        [var id] when long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        var id => throw new InvalidRequestException(
            $"Last-Event-ID: '{id}' is not the id of an event; expected the number in its 'id' line."),
    };
}
