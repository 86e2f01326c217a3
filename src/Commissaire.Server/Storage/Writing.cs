using System.Collections.Immutable;
using Akka.Persistence;

namespace Commissaire.Storage;

/// <summary>How entities write what they decided.</summary>
internal static class Writing
{
    /// <summary>
    /// Journals events, takes each in, and then goes on. Without events there is nothing to journal: <c>PersistAll</c> would send the journal an
    /// empty batch, which Akka.Persistence.Sql 1.5.73 counts as a failure, and enough of those open its circuit breaker.
    /// </summary>
    public static void Write<TEvent>(this Eventsourced entity, ImmutableArray<TEvent> events, Action<TEvent> evolve, Action then)
    {
        if (events.IsEmpty)
        {
            then();
        }
        else
        {
            entity.PersistAll(events, evolve, then);
        }
    }
}
