using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;
using Commissaire.Telemetry;

namespace Commissaire.Storage;

/// <summary>
/// Writes rows many at a time: whatever waits goes into one transaction, so that a hundred writers wait for one sync to disk, not for a hundred.
/// A write is done when its transaction is.
/// </summary>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    private const int Largest = 512;

    private readonly Channel<Pending> _waiting = Channel.CreateBounded<Pending>(new BoundedChannelOptions(8192) { SingleReader = true });
    private readonly Database _database;
    private readonly Metrics _measurements;
    private readonly ILogger<GroupCommit> _log;
    private readonly Task _writing;

    public GroupCommit(Database database, Metrics measurements, ILogger<GroupCommit> log)
    {
        (_database, _measurements, _log) = (database, measurements, log);
        _writing = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Executes a statement as part of the next transaction.</summary>
    /// <exception cref="DbException">The transaction failed; nothing of it is stored.</exception>
    public async Task Write(string sql, params (string Name, object? Value)[] parameters)
    {
        var pending = new Pending(sql, parameters, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _measurements.StorageWritesWaiting.Add(1);
        try
        {
            await _waiting.Writer.WriteAsync(pending);
            await pending.Done.Task;
        }
        finally
        {
            _measurements.StorageWritesWaiting.Add(-1);
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAll()
    {
        var batch = new List<Pending>(Largest);
        while (await _waiting.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < Largest && _waiting.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            var begun = Stopwatch.GetTimestamp();
            try
            {
                await Commit(batch);
                _measurements.Committed(begun);
                batch.ForEach(p => p.Done.SetResult());
            }
            catch (Exception e)
            {
                // Whatever it is: who waits is told, and the next batch has its own chance.
                NotWritten(e, batch.Count);
                batch.ForEach(p => p.Done.SetException(e));
            }
        }
    }

    private async Task Commit(List<Pending> batch)
    {
        await using var connection = _database.Connect();
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var same in batch.GroupBy(p => p.Sql))
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = same.Key;
            foreach (var pending in same)
            {
                command.Parameters.Clear();
                foreach (var (name, value) in pending.Parameters)
                {
                    var parameter = command.CreateParameter();
                    (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
                    command.Parameters.Add(parameter);
                }

                await command.ExecuteNonQueryAsync();
            }
        }

        await transaction.CommitAsync();
    }

    [LoggerMessage(LogLevel.Error, "{Count} writes to the database failed; those who asked for them were told")]
    private partial void NotWritten(Exception cause, int count);

    private sealed record Pending(string Sql, (string Name, object? Value)[] Parameters, TaskCompletionSource Done);
}
