using System.Data.Common;
using System.Globalization;
using Commissaire.Security;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace Commissaire.Storage;

/// <summary>Moves an installation to PostgreSQL in one transaction. Marks the SQLite file, so that no server starts on it.</summary>
internal static class Migration
{
    private static readonly Table[] Tables =
    [
        new("journal",
        [
            ("ordering", NpgsqlDbType.Bigint), ("created", NpgsqlDbType.Bigint), ("deleted", NpgsqlDbType.Boolean),
            ("persistence_id", NpgsqlDbType.Text), ("sequence_number", NpgsqlDbType.Bigint), ("message", NpgsqlDbType.Bytea),
            ("tags", NpgsqlDbType.Text), ("manifest", NpgsqlDbType.Text), ("identifier", NpgsqlDbType.Integer),
            ("writer_uuid", NpgsqlDbType.Text),
        ]),
        new("secret", [("id", NpgsqlDbType.Text), ("envelope", NpgsqlDbType.Bytea)]),
        new("directory",
        [
            ("kind", NpgsqlDbType.Text), ("id", NpgsqlDbType.Text), ("sequence", NpgsqlDbType.Bigint), ("network", NpgsqlDbType.Text),
            ("manager", NpgsqlDbType.Text), ("document", NpgsqlDbType.Bytea),
        ])
        {
            // Each database has its own row of the write check.
            Where = $"WHERE kind <> '{WriteCheck.Kind}'",
        },
    ];

    /// <summary>
    /// Moves an installation, with the fingerprint of its key file, to an empty database. Returns the rows of each table.
    /// </summary>
    /// <exception cref="StartupException">A database cannot be read or written.</exception>
    public static async Task<IReadOnlyList<(string Table, long Rows)>> Move(string from, string to, CancellationToken ct)
    {
        from = File.Exists(from) ? File.ResolveLinkTarget(from, returnFinalTarget: true)?.FullName ?? from : from;
        using var source = SqliteDatabase.OpenExisting(from);
        var keyFile = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(from))!, "secret.keys");
        var keys = File.Exists(keyFile) ? SecretKeys.Load(keyFile, createIfMissing: false) : null;
        using var target = PostgresDatabase.Open(to);
        IReadOnlyList<(string, long)> moved;
        try
        {
            await using var reader = source.Source.CreateConnection();
            await reader.OpenAsync(ct);
            await using var writer = (NpgsqlConnection)target.CreateConnection();
            await writer.OpenAsync(ct);
            await using var transaction = await writer.BeginTransactionAsync(ct);
            moved = await CopyAll(reader, writer, target.DisplayName, ct);

            // Without a key file next to the database, the first server that starts on PostgreSQL records its own.
            if (keys is not null)
            {
                InstallationKey.RecordOrVerify(writer, keys, keyFile);
            }

            await transaction.CommitAsync(ct);
        }
        catch (Exception e) when (Database.IsDatabaseError(e))
        {
            throw new StartupException(
                $"Cannot move '{from}' to {target.DisplayName}: {e.Message} '{from}' is unchanged: solve this and run the command again.");
        }

        try
        {
            source.MarkMoved(target.DisplayName);
        }
        catch (SqliteException e)
        {
            throw new StartupException(
                $"The installation is now in {target.DisplayName}, but '{from}' could not be marked as moved: {e.Message} "
                + $"Do not start a server on '{from}': make it writable and run the command again.");
        }

        return moved;
    }

    private static async Task<IReadOnlyList<(string, long)>> CopyAll(
        DbConnection source, NpgsqlConnection target, string targetName, CancellationToken ct)
    {
        await Execute(target, "LOCK TABLE journal, secret, directory, process, key_in_use IN ACCESS EXCLUSIVE MODE", ct);
        var counts = new List<(string, long)>();
        foreach (var table in Tables)
        {
            counts.Add((table.Name, await Count(source, table.Name, ct)));
        }

        if (await Count(target, "journal", ct) + await Count(target, "secret", ct) + await Count(target, "process", ct) > 0)
        {
            // An earlier move may have committed and then failed to mark the SQLite file.
            return await IsAlreadyMoved(source, target, ct)
                ? counts
                : throw new StartupException(
                    $"--to: {targetName} is not empty: another Commissaire server uses it. Nothing was moved. Give an empty database.");
        }

        foreach (var table in Tables)
        {
            await Copy(source, target, table, ct);
        }

        const string Advance =
            "SELECT setval(pg_get_serial_sequence('journal', 'ordering'), greatest((SELECT max(ordering) FROM journal), 1))";
        await Execute(target, Advance, ct);
        return counts;
    }

    // Compares the journals up to the last event. Orderings are never reused.
    private static async Task<bool> IsAlreadyMoved(DbConnection source, DbConnection target, CancellationToken ct)
    {
        const string Events = "SELECT count(*) || ' ' || max(ordering) || ' ' || max(created) || ' ' || sum(length(message)) FROM journal";
        return await Execute(source, Events, ct) is string sourceEvents && await Execute(target, Events, ct) is string targetEvents
            && sourceEvents == targetEvents
            && await Count(source, "secret", ct) == await Count(target, "secret", ct) && await Count(target, "process", ct) == 0;
    }

    private static async Task Copy(DbConnection source, NpgsqlConnection target, Table table, CancellationToken ct)
    {
        var columns = string.Join(", ", table.Columns.Select(c => c.Name));
        await using var select = source.CreateCommand();
        select.CommandText = $"SELECT {columns} FROM {table.Name} {table.Where}";
        await using var rows = await select.ExecuteReaderAsync(ct);
        await using var import = await target.BeginBinaryImportAsync($"COPY {table.Name} ({columns}) FROM STDIN (FORMAT BINARY)", ct);
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

    private sealed record Table(string Name, (string Name, NpgsqlDbType Type)[] Columns)
    {
        public string Where { get; init; } = "";
    }
}
