using Commissaire.Storage;

namespace Commissaire.Telemetry;

/// <summary>
/// Counts hosts, clusters and runs by status, with one query at most every <see cref="MinInterval"/>. While the database does not answer,
/// counts older than <see cref="MaxAge"/> are not reported.
/// </summary>
internal sealed partial class FleetCounts(EntityDirectory directory, TimeProvider clock, ILogger<FleetCounts> log)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(5);

    // An OTLP export does not wait for a query: it sends the counts from the previous export, usually a minute ago.
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(90);

    // Shorter than the timeout of a scrape.
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task _query = Task.CompletedTask;
    private Counted? _counted;
    private long? _started;

    /// <summary>The last counts, without waiting; null if the database has not answered. Starts a query for the next call.</summary>
    public IReadOnlyList<DirectoryCount>? Last()
    {
        Start();
        return Volatile.Read(ref _counted) is { } counted && clock.GetElapsedTime(counted.At) < MaxAge ? counted.Counts : null;
    }

    /// <summary>Waits for new counts, at most <see cref="QueryTimeout"/>.</summary>
    public Task Refresh() => Task.WhenAny(Start(), Task.Delay(QueryTimeout, clock));

    private Task Start()
    {
        lock (_gate)
        {
            if (_query.IsCompleted && (_started is not { } started || clock.GetElapsedTime(started) > MinInterval))
            {
                (_query, _started) = (Task.Run(async () => Volatile.Write(ref _counted, await Count())), clock.GetTimestamp());
            }

            return _query;
        }
    }

    private async Task<Counted?> Count()
    {
        try
        {
            using var timeout = new CancellationTokenSource(QueryTimeout, clock);
            return new Counted(await directory.Count(timeout.Token), clock.GetTimestamp());
        }
        catch (Exception e) when (Database.IsDatabaseError(e) || e is InvalidOperationException or OperationCanceledException)
        {
            NotCounted(e.Message);
            return null;
        }
    }

    private sealed record Counted(IReadOnlyList<DirectoryCount> Counts, long At);

    [LoggerMessage(LogLevel.Debug, "The database does not answer, so the metrics of hosts, clusters and runs are left out: {Reason}")]
    private partial void NotCounted(string reason);
}
