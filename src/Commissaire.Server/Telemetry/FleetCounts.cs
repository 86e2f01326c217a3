using Commissaire.Storage;

namespace Commissaire.Telemetry;

/// <summary>
/// How many hosts, clusters and runs there are, by status: one query, however many ask and however large the fleet, at most every
/// <see cref="Fresh"/>. While the database does not answer there are no numbers, rather than ones older than <see cref="Oldest"/>.
/// </summary>
internal sealed partial class FleetCounts(EntityDirectory directory, TimeProvider clock, ILogger<FleetCounts> log)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    // Over OTLP nobody waits: what is sent was counted for the time before, a minute ago as a rule.
    private static readonly TimeSpan Oldest = TimeSpan.FromSeconds(90);

    // Less than anybody who scrapes waits.
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task _counting = Task.CompletedTask;
    private Counted? _counted;
    private long? _begun;

    /// <summary>The numbers as they were a few seconds ago; null when the database does not say.</summary>
    /// <remarks>Whoever cannot wait gets what there is, and has it counted anew for the next time.</remarks>
    public IReadOnlyList<DirectoryCount>? Now()
    {
        Begin();
        return Volatile.Read(ref _counted) is { } counted && clock.GetElapsedTime(counted.At) < Oldest ? counted.Counts : null;
    }

    /// <summary>Waits for fresh numbers, but not for long.</summary>
    public Task Refresh() => Task.WhenAny(Begin(), Task.Delay(QueryTimeout, clock));

    private Task Begin()
    {
        lock (_gate)
        {
            if (_counting.IsCompleted && (_begun is not { } begun || clock.GetElapsedTime(begun) > Fresh))
            {
                (_counting, _begun) = (Task.Run(async () => Volatile.Write(ref _counted, await Count())), clock.GetTimestamp());
            }

            return _counting;
        }
    }

    private async Task<Counted?> Count()
    {
        try
        {
            using var limit = new CancellationTokenSource(QueryTimeout, clock);
            return new Counted(await directory.Count(limit.Token), clock.GetTimestamp());
        }
        catch (Exception e) when (Database.IsDatabaseError(e) || e is InvalidOperationException or OperationCanceledException)
        {
            NotCounted(e.Message);
            return null;
        }
    }

    private sealed record Counted(IReadOnlyList<DirectoryCount> Counts, long At);

    [LoggerMessage(LogLevel.Debug, "The metrics are without hosts, clusters and runs, because the database does not answer: {Reason}")]
    private partial void NotCounted(string reason);
}
