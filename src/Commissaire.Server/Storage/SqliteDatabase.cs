using System.Data.Common;
using Akka.Actor.Setup;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.SQLite;
using Microsoft.Data.Sqlite;

namespace Commissaire.Storage;

/// <summary>A database in one file, for one process.</summary>
internal sealed class SqliteDatabase : Database
{
    private readonly FileStream _lock;
    private readonly SemaphoreSlim _turn = new(1);

    private SqliteDatabase(string connectionString, FileStream held)
        : base(SqliteFactory.Instance.CreateDataSource(connectionString), connectionString) => _lock = held;

    /// <inheritdoc />
    public override string Name => "sqlite";

    /// <inheritdoc />
    public override string JournalProvider => "SQLite.MS";

    /// <inheritdoc />
    public override bool IsShared => false;

    // The journal takes turns with whoever else writes.
    /// <inheritdoc />
    public override Setup? JournalOptions => new DataOptionsSetup(
        new DataOptions(new ConnectionOptions(ProviderName: ProviderName.SQLiteMS)).UseConnectionFactory(SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft), _ => Connect()));

    /// <inheritdoc />
    public override string InDocument(string member) => $"json_extract(CAST(document AS TEXT), '$.{member}')";

    /// <summary>A connection that takes its turn to write; not open yet.</summary>
    public override DbConnection Connect() => new TurnTakingConnection(ConnectionString, _turn);

    /// <summary>Opens the database in a directory, and makes it and its tables when they are not there.</summary>
    /// <exception cref="StartupException">Another process has it open, it was moved, or the directory cannot be used.</exception>
    public static SqliteDatabase Open(string directory)
    {
        try
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return Open(Path.Combine(directory, "commissaire.db"), d => d.CreateTables());
        }
        catch (IOException e)
        {
            throw new StartupException(
                $"The data directory '{directory}' is in use by another process, or cannot be written ({e.Message}) A SQLite database serves one process: stop the other one, or give this one its own --data-dir.");
        }
        catch (SqliteException e)
        {
            throw new StartupException($"The database 'commissaire.db' in '{directory}' cannot be used ({e.Message}) Put it back from a backup, or give another directory with --data-dir.");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"The data directory '{directory}' cannot be written ({e.Message}) Give another one with --data-dir.");
        }
    }

    /// <summary>Opens a database that holds an installation, while no server does.</summary>
    /// <exception cref="StartupException">It is not there, is none, is in use, or was moved already.</exception>
    public static SqliteDatabase OpenExisting(string path)
    {
        if (!File.Exists(path))
        {
            throw new StartupException($"There is no file '{path}'.");
        }

        try
        {
            return Open(path, d => _ = d.Execute("SELECT max(ordering) FROM journal"));
        }
        catch (SqliteException e)
        {
            throw new StartupException($"'{path}' is no database of Commissaire, or cannot be read ({e.Message})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"'{path}' is in use, or cannot be written ({e.Message}) Stop the server first.");
        }
    }

    /// <summary>Notes that the installation is elsewhere now, so that no server starts on it here.</summary>
    public void MarkMoved(string place) => Execute(
        "CREATE TABLE IF NOT EXISTS moved (place TEXT NOT NULL, at TEXT NOT NULL); INSERT INTO moved VALUES ($place, datetime('now'))", ("$place", place));

    /// <inheritdoc />
    public override void Dispose()
    {
        base.Dispose();
        _turn.Dispose();
        _lock.Dispose();
    }

    private static SqliteDatabase Open(string path, Action<SqliteDatabase> prepare)
    {
        var held = new FileStream(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "commissaire.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var database = new SqliteDatabase(new SqliteConnectionStringBuilder { DataSource = path }.ConnectionString, held);
        try
        {
            if (database.Execute("SELECT 1 FROM sqlite_master WHERE name = 'moved'") is not null
                && database.Execute("SELECT 'was moved to ' || place || ' at ' || at || ' UTC' FROM moved") is string moved)
            {
                throw new StartupException($"The installation in '{path}' {moved}. Give servers that database with --database. What is in the file is as it was then; to use it all the same, drop its table 'moved'.");
            }

            prepare(database);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private object? Execute(string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = (SqliteConnection)Source.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command.ExecuteScalar();
    }

    // Write-ahead logging stays set in the file, so the journal's own connections have it too. Each commit is synced to disk (SQLite's default).
    private void CreateTables() => Execute(
        """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS secret (id TEXT PRIMARY KEY, envelope BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS directory (
            kind TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, network TEXT, manager TEXT, document BLOB,
            PRIMARY KEY (kind, id)) WITHOUT ROWID;
        """);
}
