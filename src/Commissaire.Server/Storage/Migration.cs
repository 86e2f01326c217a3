using System.Data.Common;
using System.Globalization;
using Commissaire.Security;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Commissaire.Storage;

/// <summary>
/// Moves an installation from SQLite to PostgreSQL: all of it in one transaction, or nothing. The file is kept, and marked, so that no server can
/// take charge of the same hosts from there.
/// </summary>
internal static class Migration
{
    private static readonly Table[] Tables =
    [
        new("journal",
        [
            ("ordering", NpgsqlDbType.Bigint), ("created", NpgsqlDbType.Bigint), ("deleted", NpgsqlDbType.Boolean), ("persistence_id", NpgsqlDbType.Text),
            ("sequence_number", NpgsqlDbType.Bigint), ("message", NpgsqlDbType.Bytea), ("tags", NpgsqlDbType.Text), ("manifest", NpgsqlDbType.Text),
            ("identifier", NpgsqlDbType.Integer), ("writer_uuid", NpgsqlDbType.Text),
        ]),
        new("secret", [("id", NpgsqlDbType.Text), ("envelope", NpgsqlDbType.Bytea)]),
        new("directory",
        [
            ("kind", NpgsqlDbType.Text), ("id", NpgsqlDbType.Text), ("sequence", NpgsqlDbType.Bigint), ("network", NpgsqlDbType.Text),
            ("manager", NpgsqlDbType.Text), ("document", NpgsqlDbType.Bytea),
        ]),
    ];

    /// <summary>Moves an installation.</summary>
    /// <param name="from">The path of its SQLite database. Its key file, if it stands beside it, is noted as that of the installation.</param>
    /// <param name="to">A connection string of Npgsql, to a database that holds no installation yet.</param>
    /// <param name="ct">Gives up; nothing is moved then.</param>
    /// <returns>How many rows each table has got.</returns>
    /// <exception cref="StartupException">It cannot be read, written there, or marked; the message says how far it came.</exception>
    public static async Task<IReadOnlyList<(string Table, long Rows)>> Move(string from, string to, CancellationToken ct)
    {
        from = File.Exists(from) ? File.ResolveLinkTarget(from, returnFinalTarget: true)?.FullName ?? from : from;
        using var source = SqliteDatabase.OpenExisting(from);
        var keyFile = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(from))!, "secret.keys");
        var keys = File.Exists(keyFile) ? SecretKeys.Load(keyFile, mayCreate: false) : null;
        using var target = PostgresDatabase.Open(to);
        IReadOnlyList<(string, long)> moved;
        try
        {
            await using var reading = source.Source.CreateConnection();
            await reading.OpenAsync(ct);
            await using var writing = (NpgsqlConnection)target.Connect();
            await writing.OpenAsync(ct);
            await using var transaction = await writing.BeginTransactionAsync(ct);
            moved = await CopyAll(reading, writing, target.Place, ct);

            // Backups keep the key file apart; then the first process that comes with one is believed, as ever.
            if (keys is not null)
            {
                KeyInUse.Agree(writing, keys, keyFile);
            }

            await transaction.CommitAsync(ct);
        }
        catch (Exception e) when (Database.IsTrouble(e))
        {
            throw new StartupException($"'{from}' could not be moved to {target.Place}: {e.Message} The file is as it was: try again.");
        }

        try
        {
            source.MarkMoved(target.Place);
        }
        catch (SqliteException e)
        {
            throw new StartupException($"All of it is in {target.Place} now, but '{from}' could not be marked: {e.Message} Do not start a server on it; migrate again when it can be written.");
        }

        return moved;
    }

    private static async Task<IReadOnlyList<(string, long)>> CopyAll(DbConnection reading, NpgsqlConnection writing, string place, CancellationToken ct)
    {
        await Execute(writing, "LOCK TABLE journal, secret, directory, process, key_in_use IN ACCESS EXCLUSIVE MODE", ct);
        var counted = new List<(string, long)>();
        foreach (var table in Tables)
        {
            counted.Add((table.Name, await Count(reading, table.Name, ct)));
        }

        if (await Count(writing, "journal", ct) + await Count(writing, "secret", ct) + await Count(writing, "process", ct) > 0)
        {
            // A move that was cut off after it was done there and before it was noted here.
            return await Same(reading, writing, ct)
                ? counted
                : throw new StartupException($"{place} is not empty: a Commissaire server runs or ran on it. Nothing was moved. Give a database of its own.");
        }

        foreach (var table in Tables)
        {
            await Copy(reading, writing, table, ct);
        }

        await Execute(writing, "SELECT setval(pg_get_serial_sequence('journal', 'ordering'), greatest((SELECT max(ordering) FROM journal), 1))", ct);
        return counted;
    }

    // What is there is what is here, to the last event: orderings are never given twice.
    private static async Task<bool> Same(DbConnection reading, DbConnection writing, CancellationToken ct)
    {
        const string Events = "SELECT count(*) || ' ' || max(ordering) || ' ' || max(created) || ' ' || sum(length(message)) FROM journal";
        return await Execute(reading, Events, ct) is string here && await Execute(writing, Events, ct) is string there && here == there
            && await Count(reading, "secret", ct) == await Count(writing, "secret", ct) && await Count(writing, "process", ct) == 0;
    }

    private static async Task Copy(DbConnection reading, NpgsqlConnection writing, Table table, CancellationToken ct)
    {
        var columns = string.Join(", ", table.Columns.Select(c => c.Name));
        await using var select = reading.CreateCommand();
        select.CommandText = $"SELECT {columns} FROM {table.Name}";
        await using var rows = await select.ExecuteReaderAsync(ct);
        await using var import = await writing.BeginBinaryImportAsync($"COPY {table.Name} ({columns}) FROM STDIN (FORMAT BINARY)", ct);
        while (await rows.ReadAsync(ct))
        {
            await import.StartRowAsync(ct);
            foreach (var (column, (_, type)) in table.Columns.Index())
            {
                await (rows.IsDBNull(column) ? import.WriteNullAsync(ct) : type switch
                {
                    NpgsqlDbType.Bigint => import.WriteAsync(rows.GetInt64(column), type, ct),
                    NpgsqlDbType.Integer => import.WriteAsync(rows.GetInt32(column), type, ct),
                    NpgsqlDbType.Boolean => import.WriteAsync(rows.GetBoolean(column), type, ct),
                    NpgsqlDbType.Bytea => import.WriteAsync(rows.GetFieldValue<byte[]>(column), type, ct),
                    _ => import.WriteAsync(rows.GetString(column), type, ct),
                });
            }
        }

        await import.CompleteAsync(ct);
    }

    private static async Task<long> Count(DbConnection connection, string table, CancellationToken ct) =>
        Convert.ToInt64(await Execute(connection, $"SELECT count(*) FROM {table}", ct), CultureInfo.InvariantCulture);

    private static async Task<object?> Execute(DbConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return await command.ExecuteScalarAsync(ct);
    }

    private sealed record Table(string Name, (string Name, NpgsqlDbType Type)[] Columns);
}
