using System.Data.Common;
using System.Net.Sockets;
using Akka.Actor.Setup;
using Commissaire.Configuration;

namespace Commissaire.Storage;

/// <summary>The one database of an installation: journal, secrets and lists.</summary>
internal abstract class Database(DbDataSource source, string connectionString) : IDisposable
{
    /// <summary>What kind it is; the settings of its journal are in <c>hocon/{Name}.conf</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What the journal calls its kind.</summary>
    public abstract string JournalProvider { get; }

    /// <summary>Whether several processes may have it open.</summary>
    public abstract bool IsShared { get; }

    /// <summary>How the journal opens it; null for the journal's own way.</summary>
    public abstract Setup? JournalOptions { get; }

    /// <summary>What opens it. May hold a password.</summary>
    public string ConnectionString { get; } = connectionString;

    /// <summary>Opens connections that read.</summary>
    public DbDataSource Source { get; } = source;

    /// <summary>SQL for a text in the JSON of a row's document.</summary>
    /// <param name="member">The name of the member that holds it; one of ours, never what somebody sent.</param>
    public abstract string InDocument(string member);

    /// <summary>Whether a failure means that the database does not answer, or refused: a name that cannot be resolved is not wrapped by every driver.</summary>
    public static bool IsTrouble(Exception e) => e is DbException or SocketException or TimeoutException;

    /// <summary>A connection for writing; not open yet.</summary>
    public abstract DbConnection Connect();

    /// <summary>Does something that no two processes that share the database may do at once.</summary>
    public virtual T WithStartupLock<T>(Func<T> work) => work();

    /// <summary>Opens the database that is configured, and makes or migrates its tables.</summary>
    /// <exception cref="StartupException">It cannot be used; the message says why.</exception>
    public static Database Open(ServerSettings settings)
    {
        if (settings.Database is not { } connection)
        {
            return SqliteDatabase.Open(settings.DataDirectory);
        }

        try
        {
            // Whatever the database, the key file and the first user are there, unless they are given.
            if (settings.KeyFile is null || settings.Plugins.IsEmpty)
            {
                Directory.CreateDirectory(settings.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory '{settings.DataDirectory}' cannot be written ({e.Message}) Give another one with --data-dir.");
        }

        return PostgresDatabase.Open(connection);
    }

    /// <inheritdoc />
    public virtual void Dispose()
    {
        Source.Dispose();
        GC.SuppressFinalize(this);
    }
}
