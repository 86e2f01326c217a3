using System.Data.Common;
using System.Diagnostics;
using System.Threading.Channels;
using Commissaire.Telemetry;

namespace Commissaire.Storage;

/// <summary>Executes queued statements in shared transactions, so that many writers wait for one sync to disk.</summary>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    private const int MaxBatchSize = 512;

    private readonly Channel<Pending> _queue = Channel.CreateBounded<Pending>(new BoundedChannelOptions(8192) { SingleReader = true });
    private readonly Database _database;
    private readonly Metrics _metrics;
    private readonly ILogger<GroupCommit> _log;
    private readonly Task _worker;

    public GroupCommit(Database database, Metrics metrics, ILogger<GroupCommit> log)
    {
        (_database, _metrics, _log) = (database, metrics, log);
        _worker = Task.Factory.StartNew(WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Executes a statement in the next transaction, and returns once that transaction is committed.</summary>
    /// <exception cref="DbException">The transaction failed and was rolled back.</exception>
    public async Task Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        var pending = new Pending(sql, parameters, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _metrics.StorageWritesWaiting.Add(1);
        try
        {
            await _queue.Writer.WriteAsync(pending);
            await pending.Done.Task;
        }
        finally
        {
            _metrics.StorageWritesWaiting.Add(-1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _worker;
    }

    private async Task WriteAll()
    {
        var batch = new List<Pending>(MaxBatchSize);
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatchSize && _queue.Reader.TryRead(out var pending))
            {
                batch.Add(pending);
            }

            var started = Stopwatch.GetTimestamp();
            try
            {
                await Commit(batch);
                _metrics.Committed(started);
                batch.ForEach(p => p.Done.SetResult());
            }
            catch (Exception e)
            {
                // Every caller of this batch gets the exception; the loop continues with the next batch.
                BatchFailed(e, batch.Count);
                batch.ForEach(p => p.Done.SetException(e));
            }
        }
    }

    private async Task Commit(List<Pending> batch)
    {
        await using var connection = _database.CreateConnection();
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var statement in batch.GroupBy(p => p.Sql))
        {
            await using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = statement.Key;
            foreach (var pending in statement)
            {
                command.Parameters.Clear();
                await command.With(pending.Parameters).ExecuteNonQueryAsync();
            }
        }

        await transaction.CommitAsync();
    }

    [LoggerMessage(LogLevel.Error, "A transaction of {Count} database writes failed; every caller got the error")]
    private partial void BatchFailed(Exception cause, int count);

    private sealed record Pending(string Sql, (string Name, object? Value)[] Parameters, TaskCompletionSource Done);
}
