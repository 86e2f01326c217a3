using System.Security.Cryptography;

namespace Commissaire.Storage;

/// <summary>
/// Tells whether the database takes writes. Only a write shows that: a full disk and a damaged file can still be read. It writes at most
/// every ten seconds, however often it is asked.
/// </summary>
internal sealed partial class WriteCheck(Database database, TimeProvider clock, ILogger<WriteCheck> log)
{
    /// <summary>The kind of the row in the directory that the check writes. It is no entity.</summary>
    public const string Kind = "write-check";

    private const int Size = 4096;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<bool> _check = Task.FromResult(true);
    private Task _write = Task.CompletedTask;
    private long? _started;

    /// <summary>Whether the last write succeeded. Waits for it at most <see cref="Timeout"/>.</summary>
    public Task<bool> TakesWrites()
    {
        lock (_gate)
        {
            if (_check.IsCompleted && (_started is not { } started || clock.GetElapsedTime(started) >= Interval))
            {
                // A write that hangs is not joined by another one.
                _write = _write.IsCompleted ? Task.Run(Write) : _write;
                (_check, _started) = (Check(_write, wasWell: !_check.IsCompletedSuccessfully || _check.Result), clock.GetTimestamp());
            }

            return _check;
        }
    }

    private async Task<bool> Check(Task write, bool wasWell)
    {
        try
        {
            await write.WaitAsync(Timeout, clock);
            if (!wasWell)
            {
                TakesWritesAgain();
            }

            return true;
        }
        catch (Exception e) when (Database.IsDatabaseError(e) || e is IOException or InvalidOperationException)
        {
            if (wasWell)
            {
                TakesNoWrites(e.Message);
            }

            return false;
        }
    }

    // Writes more pages than an event does, and the page of the last event, without changing it.
    private void Write()
    {
        using var connection = database.CreateCheckConnection();
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            $"""
            INSERT INTO directory (kind, id, sequence, network) VALUES ('{Kind}', 'last', 1, @filler)
            ON CONFLICT (kind, id) DO UPDATE SET sequence = directory.sequence + 1, network = excluded.network
            """;
        command.With(("@filler", Convert.ToHexString(RandomNumberGenerator.GetBytes(Size)))).ExecuteNonQuery();
        command.Parameters.Clear();
        command.CommandText = database.JournalExists;
        if (command.ExecuteScalar() is not null)
        {
            command.CommandText = "UPDATE journal SET deleted = deleted WHERE ordering = (SELECT max(ordering) FROM journal)";
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    [LoggerMessage(LogLevel.Error, "The database takes no writes, so this process is not ready: {Reason}")]
    private partial void TakesNoWrites(string reason);

    [LoggerMessage(LogLevel.Information, "The database takes writes again")]
    private partial void TakesWritesAgain();
}
