using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Commissaire.Storage;

/// <summary>
/// A SQLite connection whose write transactions queue for a lock in this process. SQLite itself makes a second writer sleep and retry with
/// growing pauses, although the lock is free most of the time. Reads do not wait.
/// </summary>
internal sealed class SingleWriterConnection(string connectionString, SemaphoreSlim writeLock) : SqliteConnection(connectionString)
{
    private bool _holdsLock;

    public override void Open()
    {
        base.Open();

        // Deleted secrets are overwritten in the file, not only unlinked (https://sqlite.org/pragma.html#pragma_secure_delete).
        using var command = CreateCommand();
        command.CommandText = "PRAGMA secure_delete = ON";
        command.ExecuteNonQuery();
    }

    public override SqliteTransaction BeginTransaction(IsolationLevel isolationLevel, bool deferred)
    {
        if (!deferred && !_holdsLock)
        {
            writeLock.Wait();
            _holdsLock = true;
        }

        // With write-ahead logging a deferred transaction reads committed data and takes no lock. "Read uncommitted" would change nothing,
        // and the driver would send one statement to set it and one to reset it.
        return base.BeginTransaction(IsolationLevel.Serializable, deferred);
    }

    public override void Close()
    {
        try
        {
            base.Close();
        }
        finally
        {
            ReleaseLock();
        }
    }

    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(
        IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        if (isolationLevel != IsolationLevel.ReadUncommitted && !_holdsLock)
        {
            await writeLock.WaitAsync(cancellationToken);
            _holdsLock = true;
        }

        return BeginDbTransaction(isolationLevel);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        ReleaseLock();
    }

    private void ReleaseLock()
    {
        if (_holdsLock)
        {
            _holdsLock = false;
            writeLock.Release();
        }
    }
}
