using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Commissaire.Storage;

/// <summary>
/// A connection to SQLite whose writing transactions wait for each other here. SQLite itself makes a second writer sleep and try again, for
/// longer each time, while the lock is mostly free; in a queue it goes on at once. Readers wait for nobody.
/// </summary>
internal sealed class TurnTakingConnection(string connectionString, SemaphoreSlim turn) : SqliteConnection(connectionString)
{
    private bool _mine;

    /// <inheritdoc />
    public override SqliteTransaction BeginTransaction(IsolationLevel isolationLevel, bool deferred)
    {
        if (!deferred && !_mine)
        {
            turn.Wait();
            _mine = true;
        }

        // With write-ahead logging a deferred transaction reads what is committed and locks nothing, so "read uncommitted", which the driver
        // sets and unsets with a statement each, would add nothing.
        return base.BeginTransaction(IsolationLevel.Serializable, deferred);
    }

    /// <inheritdoc />
    public override void Close()
    {
        try
        {
            base.Close();
        }
        finally
        {
            EndTurn();
        }
    }

    /// <inheritdoc />
    protected override async ValueTask<DbTransaction> BeginDbTransactionAsync(IsolationLevel isolationLevel, CancellationToken cancellationToken)
    {
        if (isolationLevel != IsolationLevel.ReadUncommitted && !_mine)
        {
            await turn.WaitAsync(cancellationToken);
            _mine = true;
        }

        return BeginDbTransaction(isolationLevel);
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        EndTurn();
    }

    private void EndTurn()
    {
        if (_mine)
        {
            _mine = false;
            turn.Release();
        }
    }
}
