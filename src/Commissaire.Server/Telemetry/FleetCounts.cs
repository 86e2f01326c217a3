using System.Data.Common;
using Commissaire.Storage;

namespace Commissaire.Telemetry;

/// <summary>
/// How many hosts, clusters and runs there are, by status: one query, however many ask and however large the fleet, at most every
/// <see cref="Fresh"/>. While the database does not answer there are no numbers, rather than old ones.
/// </summary>
internal sealed partial class FleetCounts(EntityDirectory directory, TimeProvider clock, ILogger<FleetCounts> log)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    // Less than anybody who scrapes waits.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Task<IReadOnlyList<DirectoryCount>?>? _counting;
    private long _begun;

    /// <summary>The numbers as they were a few seconds ago; null when the database does not say. Waits for it, but not for long.</summary>
    public IReadOnlyList<DirectoryCount>? Now()
    {
        Task<IReadOnlyList<DirectoryCount>?> counting;
        long begun;
        lock (_gate)
        {
            if (_counting is not { } last || (last.IsCompleted && clock.GetElapsedTime(_begun) > Fresh))
            {
                (_counting, _begun) = (Task.Run(Count), clock.GetTimestamp());
            }

            (counting, begun) = (_counting, _begun);
        }

        var left = Patience - clock.GetElapsedTime(begun);
        return counting.IsCompleted || (left > TimeSpan.Zero && counting.Wait(left)) ? counting.Result : null;
    }

    private async Task<IReadOnlyList<DirectoryCount>?> Count()
    {
        try
        {
            return await directory.Count(CancellationToken.None);
        }
        catch (Exception e) when (e is DbException or TimeoutException or InvalidOperationException)
        {
            NotCounted(e.Message);
            return null;
        }
    }

    [LoggerMessage(LogLevel.Debug, "The metrics are without hosts, clusters and runs, because the database does not answer: {Reason}")]
    private partial void NotCounted(string reason);
}
