using System.Diagnostics;

namespace Commissaire.Networks;

/// <summary>The history of a network.</summary>
public static class NetworkHistory
{
    /// <summary>Describes an event for the log.</summary>
    public static HistoryLine Describe(NetworkEvent e) => e switch
    {
        NetworkEvent.Created c => new("created", $"created with type '{c.Type}'"),
        NetworkEvent.Deleted => new("deleted", "deleted"),
        _ => throw new UnreachableException($"Unknown event {e.GetType()}."),
    };
}
