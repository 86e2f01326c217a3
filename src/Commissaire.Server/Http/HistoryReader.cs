using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Commissaire.Contracts;
using Commissaire.Contracts.Events;

namespace Commissaire.Http;

/// <summary>Reads the history of an entity from the journal.</summary>
internal sealed class HistoryReader(ActorSystem system)
{
    /// <summary>The maximum number of entries in an answer.</summary>
    public const int MaxLimit = 1000;

    private readonly SqlReadJournal _journal = PersistenceQuery.Get(system).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier);
    private readonly ActorMaterializer _materializer = system.Materializer();

    /// <summary>Reads up to <paramref name="limit"/> entries after a sequence number; null if the entity has no events.</summary>
    /// <exception cref="InvalidRequestException"><paramref name="after"/> or <paramref name="limit"/> is out of range.</exception>
    public async Task<IResult?> Read<TEvent>(
        string persistenceId, long after, int limit, Func<TEvent, HistoryLine> describe,
        Func<TEvent, (DateTimeOffset At, Caller? Caller)> cause, CancellationToken ct)
    {
        if (after < 0 || limit is < 1 or > MaxLimit)
        {
            throw new InvalidRequestException($"after: expected 0 or more; limit: expected 1 to {MaxLimit}.");
        }

        if (after == long.MaxValue)
        {
            return Answers.Json([], ContractsJson.Default.IReadOnlyListHistoryEntry);
        }

        IReadOnlyList<HistoryEntry> page = await _journal.CurrentEventsByPersistenceId(persistenceId, after + 1, long.MaxValue)
            .Take(limit)
            .Select(e => (e.SequenceNr, Event: (TEvent)e.Event))
            .Select(e => Entry(e.SequenceNr, cause(e.Event), describe(e.Event)))
            .RunWith(Sink.Seq<HistoryEntry>(), _materializer)
            .WaitAsync(ct);
        return page.Count == 0 && after == 0 ? null : Answers.Json(page, ContractsJson.Default.IReadOnlyListHistoryEntry);
    }

    private static HistoryEntry Entry(long sequence, (DateTimeOffset At, Caller? Caller) cause, HistoryLine line) =>
        new(sequence, Timestamp.Format(cause.At), line.Event, line.Summary, line.Output)
        {
            By = cause.Caller?.Name,
            Login = cause.Caller?.Login,
            From = cause.Caller is { Address.Length: > 0 } known ? known.Address : null,
        };
}
