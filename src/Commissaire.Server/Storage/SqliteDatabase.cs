using System.Data.Common;
using Akka.Actor.Setup;
using Akka.Persistence.Sql.Config;
using Commissaire.Security;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.SQLite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Commissaire.Storage;

/// <summary>A SQLite database, which one process uses.</summary>
internal sealed class SqliteDatabase : Database
{
    private readonly FileStream _lockFile;
    private readonly SemaphoreSlim _writeLock = new(1);

    private SqliteDatabase(string connectionString, FileStream lockFile)
        : base(SqliteFactory.Instance.CreateDataSource(connectionString), connectionString) => _lockFile = lockFile;

    public override string Name => "sqlite";

    public override string JournalProvider => "SQLite.MS";

    public override bool IsShared => false;

    /// <summary>Makes the journal share the write lock of all other writers.</summary>
    public override Setup? JournalSetup => new DataOptionsSetup(
        new DataOptions(new ConnectionOptions(ProviderName: ProviderName.SQLiteMS))
            .UseConnectionFactory(SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft), _ => CreateConnection()));

    public override string DocumentField(string property) => $"json_extract(CAST(document AS TEXT), '$.{property}')";

    public override DbConnection CreateConnection() => new SingleWriterConnection(ConnectionString, _writeLock);

    public override DbConnection CreateCheckConnection() => new SingleWriterConnection(
        new SqliteConnectionStringBuilder(ConnectionString) { Pooling = false, DefaultTimeout = 5 }.ConnectionString, _writeLock);

    // Akka.Persistence.Sql creates it when the journal starts.
    public override string JournalExists => "SELECT 1 FROM sqlite_master WHERE name = 'journal'";

    /// <summary>Empties the write-ahead log, which keeps earlier versions of changed pages.</summary>
    public override async Task EraseDeleted()
    {
        await using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(TRUNCATE)";
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Whether an error comes from the statement, not from the file or the disk (https://sqlite.org/rescode.html).</summary>
    public static bool IsWrongStatement(SqliteException e) =>
        e.SqliteErrorCode is raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_MISUSE or raw.SQLITE_RANGE;

    /// <summary>Opens the database in a directory, and creates the directory and the tables if they are missing.</summary>
    /// <exception cref="StartupException">The database is open in another process, was moved to PostgreSQL, or cannot be used.</exception>
    public static SqliteDatabase Open(string directory)
    {
        try
        {
            PrivateFile.CreateDirectory(directory);
            return Open(Path.Combine(directory, "commissaire.db"), FileMode.OpenOrCreate, database => database.CreateTables());
        }
        catch (Exception e) when (e is IOException or SqliteException or UnauthorizedAccessException)
        {
            throw new StartupException($"data_dir: cannot use '{directory}': {e.Message} " + e switch
            {
                IOException => "A SQLite database serves one process: stop the other process, or set another --data-dir.",
                SqliteException => "Restore commissaire.db from a backup, or set another --data-dir.",
                _ => "Set another --data-dir.",
            });
        }
    }

    /// <summary>Opens the database of an existing installation, which no server may have open.</summary>
    /// <exception cref="StartupException">The file is missing, is not a Commissaire database, is in use, or was moved already.</exception>
    public static SqliteDatabase OpenExisting(string path)
    {
        if (!File.Exists(path))
        {
            throw new StartupException($"--from: '{path}' does not exist. Give the path of commissaire.db.");
        }

        try
        {
            return Open(path, FileMode.Open, database => _ = database.Execute("SELECT max(ordering) FROM journal"));
        }
        catch (SqliteException e)
        {
            throw new StartupException($"--from: '{path}' is not a Commissaire database or cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"--from: '{path}' is in use or cannot be written: {e.Message} Stop the server first.");
        }
    }

    /// <summary>Records that the installation was moved, so that no server starts on this file.</summary>
    public void MarkMoved(string target) => Execute(
        "CREATE TABLE IF NOT EXISTS moved (place TEXT NOT NULL, at TEXT NOT NULL); INSERT INTO moved VALUES ($place, datetime('now'))",
        ("$place", target));

    public override void Dispose()
    {
        base.Dispose();
        _writeLock.Dispose();
        _lockFile.Dispose();
    }

    private static SqliteDatabase Open(string path, FileMode mode, Action<SqliteDatabase> prepare)
    {
        var lockPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "commissaire.lock");
        var lockFile = PrivateFile.Open(lockPath, FileMode.OpenOrCreate, FileShare.None);
        try
        {
            // SQLite gives the files that it creates beside the database the mode of the database.
            PrivateFile.Open(path, mode, FileShare.ReadWrite).Dispose();
            PrivateFile.Protect(path + "-wal");
            PrivateFile.Protect(path + "-shm");
        }
        catch
        {
            lockFile.Dispose();
            throw;
        }

        var database = new SqliteDatabase(new SqliteConnectionStringBuilder { DataSource = path }.ConnectionString, lockFile);
        try
        {
            if (database.Execute("SELECT 1 FROM sqlite_master WHERE name = 'moved'") is not null
                && database.Execute("SELECT 'was moved to ' || place || ' at ' || at || ' UTC' FROM moved") is string moved)
            {
                throw new StartupException(
                    $"The installation in '{path}' {moved}. Start servers with --database and that database. "
                    + "To use the old state in the file anyway, drop its table 'moved'.");
            }

            prepare(database);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private object? Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        using var command = Source.CreateCommand(sql).With(parameters);
        return command.ExecuteScalar();
    }

    // The file keeps the write-ahead logging mode, so the journal's connections use it too. SQLite syncs each commit to disk by default.
    private void CreateTables()
    {
        Execute(
            """
            PRAGMA journal_mode = WAL;
            CREATE TABLE IF NOT EXISTS secret (id TEXT PRIMARY KEY, envelope BLOB NOT NULL) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS directory (
                kind TEXT NOT NULL, id TEXT NOT NULL, sequence INTEGER NOT NULL, network TEXT, manager TEXT, document BLOB,
                departs INTEGER NOT NULL DEFAULT 1, machine TEXT, PRIMARY KEY (kind, id)) WITHOUT ROWID;
            """);

        AddColumn("departs", "INTEGER NOT NULL DEFAULT 1");
        AddColumn("machine", "TEXT");
        Execute("CREATE INDEX IF NOT EXISTS directory_machine ON directory (machine) WHERE machine IS NOT NULL");
    }

    // To a file of an earlier build.
    private void AddColumn(string name, string type)
    {
        if (Execute("SELECT 1 FROM pragma_table_info('directory') WHERE name = $name", ("$name", name)) is null)
        {
            Execute($"ALTER TABLE directory ADD COLUMN {name} {type}");
        }
    }
}
