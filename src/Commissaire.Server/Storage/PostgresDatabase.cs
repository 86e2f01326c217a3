using System.Data.Common;
using Akka.Actor.Setup;
using Npgsql;

namespace Commissaire.Storage;

/// <summary>A database that several processes share: PostgreSQL.</summary>
internal sealed class PostgresDatabase : Database
{
    // Any number that no other program locks; all processes of all installations in one database use it, for as long as their starts take turns.
    private const long StartLock = 0x436f6d6d69737361;

    private PostgresDatabase(NpgsqlDataSource source, NpgsqlConnectionStringBuilder settings)
        : base(source, settings.ConnectionString) => Place = $"{(settings.Database is { Length: > 0 } name ? $"database '{name}'" : "the user's own database")} on '{settings.Host}'";

    /// <summary>Which database it is, for people.</summary>
    public string Place { get; }

    /// <inheritdoc />
    public override string Name => "postgresql";

    /// <inheritdoc />
    public override string JournalProvider => "PostgreSQL.15";

    /// <inheritdoc />
    public override bool IsShared => true;

    /// <inheritdoc />
    public override Setup? JournalOptions => null;

    /// <inheritdoc />
    public override string InDocument(string member) => $"convert_from(document, 'UTF8')::json ->> '{member}'";

    /// <inheritdoc />
    public override DbConnection Connect() => Source.CreateConnection();

    /// <summary>Whether a connection string holds a password.</summary>
    public static bool HasPassword(string connection)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connection).Password is { Length: > 0 };
        }
        catch (ArgumentException)
        {
            // It is refused where it is used; until then nobody knows what stands in it.
            return connection.Contains("Password", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <inheritdoc />
    public override T WithStartupLock<T>(Func<T> work)
    {
        using var connection = Source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        WaitForTurn(transaction);
        return work();
    }

    /// <summary>Opens a database, and makes or migrates its tables while no other process does.</summary>
    /// <param name="connection">A connection string of Npgsql.</param>
    /// <exception cref="StartupException">It is no connection string, or the database cannot be used.</exception>
    public static PostgresDatabase Open(string connection)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connection) { ApplicationName = "commissaire-server" };
        }
        catch (ArgumentException e)
        {
            throw new StartupException($"database: expected a connection string such as 'Host=db.example.com;Database=commissaire;Username=commissaire': {e.Message}");
        }

        var database = new PostgresDatabase(NpgsqlDataSource.Create(settings), settings);
        try
        {
            database.Migrate();
            return database;
        }
        catch (Exception e) when (IsTrouble(e))
        {
            database.Dispose();
            throw new DatabaseUnavailableException($"{database.Place} cannot be used: {e.Message}");
        }
    }

    private void Migrate()
    {
        using var connection = Source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        WaitForTurn(transaction);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        foreach (var (version, sql) in PostgresSchema.Versions.Index())
        {
            command.CommandText = "CREATE TABLE IF NOT EXISTS schema_version (version integer PRIMARY KEY); SELECT EXISTS (SELECT 1 FROM schema_version WHERE version = " + (version + 1) + ")";
            if (command.ExecuteScalar() is not true)
            {
                command.CommandText = $"{sql}\nINSERT INTO schema_version (version) VALUES ({version + 1})";
                command.ExecuteNonQuery();
            }
        }

        transaction.Commit();
    }

    // The turn ends with the transaction, and with whoever has it.
    private static void WaitForTurn(DbTransaction transaction)
    {
        using var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT pg_advisory_xact_lock({StartLock})";
        command.ExecuteNonQuery();
    }
}
