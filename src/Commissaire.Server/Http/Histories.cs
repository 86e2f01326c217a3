using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Commissaire.Contracts;
using Commissaire.Contracts.Events;
using Commissaire.Hosts;

namespace Commissaire.Http;

/// <summary>Reads what happened to an entity from the journal.</summary>
internal sealed class Histories(ActorSystem system)
{
    private const int MostAtOnce = 1000;

    private readonly SqlReadJournal _journal = PersistenceQuery.Get(system).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier);
    private readonly ActorMaterializer _materializer = system.Materializer();

    /// <summary>A page of a history, oldest first; null when nothing ever happened to the entity.</summary>
    /// <param name="persistenceId">The entity.</param>
    /// <param name="after">The sequence number the page begins after.</param>
    /// <param name="limit">How many entries at most.</param>
    /// <param name="tell">Puts an event into words.</param>
    /// <param name="at">When an event happened.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="BadHttpRequestException"><paramref name="after"/> or <paramref name="limit"/> is out of range.</exception>
    public async Task<IResult?> Read<TEvent>(
        string persistenceId, long after, int limit, Func<TEvent, HistoryLine> tell, Func<TEvent, DateTimeOffset> at, CancellationToken ct)
    {
        if (after < 0 || limit is < 1 or > MostAtOnce)
        {
            throw Body.Bad($"after: expected 0 or more; limit: expected 1 to {MostAtOnce}.");
        }

        if (after == long.MaxValue)
        {
            return Answers.Json([], ContractsJson.Default.IReadOnlyListHistoryEntry);
        }

        IReadOnlyList<HistoryEntry> page = await _journal.CurrentEventsByPersistenceId(persistenceId, after + 1, long.MaxValue)
            .Take(limit)
            .Select(e => (e.SequenceNr, Event: (TEvent)e.Event))
            .Select(e => Entry(e.SequenceNr, at(e.Event), tell(e.Event)))
            .RunWith(Sink.Seq<HistoryEntry>(), _materializer)
            .WaitAsync(ct);
        return page.Count == 0 && after == 0 ? null : Answers.Json(page, ContractsJson.Default.IReadOnlyListHistoryEntry);
    }

    private static HistoryEntry Entry(long sequence, DateTimeOffset at, HistoryLine happening) =>
        new(sequence, Timestamps.Of(at), happening.Event, happening.Summary, happening.Output);
}
