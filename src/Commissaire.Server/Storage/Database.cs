using System.Data.Common;
using System.Net.Sockets;
using Akka.Actor.Setup;
using Commissaire.Configuration;
using Commissaire.Security;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Commissaire.Storage;

/// <summary>The database of an installation: journal, secrets and directory.</summary>
internal abstract class Database(DbDataSource source, string connectionString) : IDisposable
{
    /// <summary>The kind of database. The settings of its journal are in <c>hocon/{Name}.conf</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The provider name that Akka.Persistence.Sql uses for this database.</summary>
    public abstract string JournalProvider { get; }

    /// <summary>Whether several processes may open the database.</summary>
    public abstract bool IsShared { get; }

    /// <summary>The journal's connection setup; null for the default of Akka.Persistence.Sql.</summary>
    public abstract Setup? JournalSetup { get; }

    /// <summary>The connection string. It may contain a password.</summary>
    public string ConnectionString { get; } = connectionString;

    /// <summary>Opens connections for reads.</summary>
    public DbDataSource Source { get; } = source;

    /// <summary>Returns SQL that reads a text property of a directory document. Names are not escaped: pass constants only.</summary>
    public abstract string DocumentField(string property);

    /// <summary>Whether an exception is a database failure. Some drivers do not wrap network errors.</summary>
    public static bool IsDatabaseError(Exception e) => e is DbException or SocketException or TimeoutException;

    /// <summary>Whether an exception, or its cause, means that the database is unavailable, not that a statement is wrong.</summary>
    public static bool IsUnavailable(Exception e) => e switch
    {
        AggregateException many => many.InnerExceptions.Any(IsUnavailable),
        SqliteException sqlite => !SqliteDatabase.IsWrongStatement(sqlite),

        // The classes of wrong statements and wrong data (PostgreSQL, appendix A).
        PostgresException postgres => postgres.SqlState is not ['4', '2', ..] and not ['2', '2', ..] and not ['2', '3', ..],
        _ => IsDatabaseError(e) || (e.InnerException is { } inner && IsUnavailable(inner)),
    };

    /// <summary>Creates a closed connection for writes.</summary>
    public abstract DbConnection CreateConnection();

    /// <summary>Creates a closed connection that has read nothing yet, so that it notices a damaged file.</summary>
    public virtual DbConnection CreateCheckConnection() => CreateConnection();

    /// <summary>A query that returns a row if the table of the journal exists.</summary>
    public virtual string JournalExists => "SELECT 1";

    /// <summary>Whether the journal has no events.</summary>
    public bool IsEmpty()
    {
        using var exists = Source.CreateCommand(JournalExists);
        using var events = Source.CreateCommand("SELECT 1 FROM journal LIMIT 1");
        return exists.ExecuteScalar() is null || events.ExecuteScalar() is null;
    }

    /// <summary>Removes deleted rows from the files of the database, as far as the database allows it.</summary>
    /// <exception cref="DbException">The database cannot be used.</exception>
    public virtual Task EraseDeleted() => Task.CompletedTask;

    /// <summary>Runs an action that only one process of the installation may run at a time.</summary>
    public virtual T WithStartupLock<T>(Func<T> action) => action();

    /// <summary>Opens the configured database, and creates or migrates its tables.</summary>
    /// <exception cref="StartupException">The database cannot be used.</exception>
    public static Database Open(ServerSettings settings)
    {
        if (settings.Database is not { } connection)
        {
            return SqliteDatabase.Open(settings.DataDirectory);
        }

        try
        {
            // With PostgreSQL the data directory still holds the key file and the first user, unless both are configured.
            if (settings.KeyFile is null || settings.Plugins.IsEmpty)
            {
                PrivateFile.CreateDirectory(settings.DataDirectory);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"data_dir: cannot create '{settings.DataDirectory}': {e.Message} Set another --data-dir.");
        }

        return PostgresDatabase.Open(connection);
    }

    public virtual void Dispose()
    {
        Source.Dispose();
        GC.SuppressFinalize(this);
    }
}
