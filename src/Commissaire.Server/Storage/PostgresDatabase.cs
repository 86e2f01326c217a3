using System.Data.Common;
using Akka.Actor.Setup;
using Npgsql;

namespace Commissaire.Storage;

/// <summary>A PostgreSQL database, which several processes share.</summary>
internal sealed class PostgresDatabase : Database
{
    // The ID of the advisory lock that serializes startup. Any number works that no other program uses in the same database.
    private const long StartupLockId = 0x436f6d6d69737361;

    private PostgresDatabase(NpgsqlDataSource source, NpgsqlConnectionStringBuilder settings)
        : base(source, settings.ConnectionString) =>
        DisplayName = $"{(settings.Database is { Length: > 0 } name ? $"database '{name}'" : "the default database")} on '{settings.Host}'";

    /// <summary>The name and host of the database, for messages.</summary>
    public string DisplayName { get; }

    public override string Name => "postgresql";

    public override string JournalProvider => "PostgreSQL.15";

    public override bool IsShared => true;

    public override Setup? JournalSetup => null;

    public override string DocumentField(string property) => $"convert_from(document, 'UTF8')::json ->> '{property}'";

    public override DbConnection CreateConnection() => Source.CreateConnection();

    /// <summary>Whether a connection string contains a password.</summary>
    public static bool HasPassword(string connection)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connection).Password is { Length: > 0 };
        }
        catch (ArgumentException)
        {
            // Opening the database reports the invalid connection string later. Until then, assume the worst.
            return connection.Contains("Password", StringComparison.OrdinalIgnoreCase);
        }
    }

    public override T WithStartupLock<T>(Func<T> action)
    {
        using var connection = Source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        AcquireStartupLock(transaction);
        return action();
    }

    /// <summary>Opens a database, and creates or migrates its tables under the startup lock.</summary>
    /// <exception cref="StartupException">The connection string is invalid, or the database cannot be used.</exception>
    public static PostgresDatabase Open(string connection)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "commissaire-server" };
        }
        catch (ArgumentException e)
        {
            throw new StartupException(
                $"database: expected a connection string such as 'Host=db.example.com;Database=commissaire;Username=me': {e.Message}");
        }

        var database = new PostgresDatabase(NpgsqlDataSource.Create(settings), settings);
        try
        {
            database.Migrate();
            return database;
        }
        catch (Exception e) when (IsDatabaseError(e))
        {
            database.Dispose();
            throw new DatabaseUnavailableException($"database: cannot use {database.DisplayName}: {e.Message}");
        }
    }

    private void Migrate()
    {
        using var connection = Source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        AcquireStartupLock(transaction);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY)";
        command.ExecuteNonQuery();
        foreach (var (version, sql) in PostgresSchema.Versions.Index())
        {
            command.CommandText = $"SELECT EXISTS (SELECT 1 FROM schema_version WHERE version = {version + 1})";
            if (command.ExecuteScalar() is not true)
            {
                command.CommandText = $"{sql}\nINSERT INTO schema_version (version) VALUES ({version + 1})";
                command.ExecuteNonQuery();
            }
        }

        transaction.Commit();
    }

    // PostgreSQL releases the lock when the transaction ends or the connection is lost.
    private static void AcquireStartupLock(DbTransaction transaction)
    {
        using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT pg_advisory_xact_lock({StartupLockId})";
        command.ExecuteNonQuery();
    }
}
