using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Commissaire.Storage;

/// <summary>
/// Stores one row for each entity. An entity writes its row after its events and before its reply, so that a list read after a 2xx response
/// includes the change. A recovering entity writes its row again; an older row never replaces a newer one.
/// </summary>
internal sealed partial class EntityDirectory(Database database, GroupCommit writes)
{
    public const string Host = "host";
    public const string Cluster = "cluster";
    public const string Network = "network";
    public const string ContainerManager = "container-manager";
    public const string Run = "run";
    public const string Token = "token";

    /// <summary>
    /// Writes the row of an entity as of event <paramref name="sequence"/>; without a document for a deleted entity, which
    /// <paramref name="departs"/> while it still has others to inform. The <paramref name="machine"/> is that of a host, as long as it is
    /// known.
    /// </summary>
    /// <exception cref="DbException">The row was not written.</exception>
    public Task Save(
        string kind, string id, long sequence, byte[]? document, string? network = null, string? manager = null, bool departs = false,
        string? machine = null) =>
        writes.Execute(
            """
            INSERT INTO directory (kind, id, sequence, network, manager, document, departs, machine)
            VALUES (@kind, @id, @sequence, @network, @manager, @document, @departs, @machine)
            ON CONFLICT (kind, id) DO UPDATE SET
                sequence = excluded.sequence, network = excluded.network, manager = excluded.manager, document = excluded.document,
                departs = excluded.departs, machine = excluded.machine
            WHERE excluded.sequence >= directory.sequence
            """,
            ("@kind", kind), ("@id", id), ("@sequence", sequence), ("@network", network), ("@manager", manager), ("@document", document),
            ("@departs", departs), ("@machine", machine));

    /// <summary>Returns the IDs of all entities of a kind, sorted.</summary>
    public async Task<IReadOnlyList<string>> Names(string kind, CancellationToken ct)
    {
        const string Sql = "SELECT id FROM directory WHERE kind = @kind AND document IS NOT NULL ORDER BY id";
        return await Read(Sql, kind, "", ct).Select(row => row.GetString(0)).ToListAsync(ct);
    }

    /// <summary>Whether an entity exists. Another process may have created or deleted it a moment ago: only its actor knows.</summary>
    public async Task<bool> Exists(string kind, string id, CancellationToken ct)
    {
        const string Sql = "SELECT id FROM directory WHERE kind = @kind AND id = @name AND document IS NOT NULL";
        return await Read(Sql, kind, id, ct).AnyAsync(ct);
    }

    /// <summary>Returns the documents of all entities of a kind, sorted by ID.</summary>
    public IAsyncEnumerable<byte[]> Documents(string kind, CancellationToken ct)
    {
        const string Sql = "SELECT document FROM directory WHERE kind = @kind AND document IS NOT NULL ORDER BY id";
        return Read(Sql, kind, "", ct).Select(row => (byte[])row[0]);
    }

    /// <summary>Returns the documents of the given entities in the given order, without entities that have no document.</summary>
    public async Task<IReadOnlyList<byte[]>> Documents(string kind, IReadOnlyList<string> ids, CancellationToken ct)
    {
        var documents = new List<byte[]>(ids.Count);
        foreach (var id in ids)
        {
            const string Sql = "SELECT document FROM directory WHERE kind = @kind AND id = @name AND document IS NOT NULL";
            await foreach (var row in Read(Sql, kind, id, ct))
            {
                documents.Add((byte[])row[0]);
            }
        }

        return documents;
    }

    /// <summary>Counts entities by kind, status and verb.</summary>
    public async Task<IReadOnlyList<DirectoryCount>> Count(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            SELECT kind, {database.DocumentField("status")}, {database.DocumentField("verb")}, count(*)
            FROM directory WHERE length(document) > 0 GROUP BY 1, 2, 3
            """);
        var counts = new List<DirectoryCount>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            counts.Add(new DirectoryCount(row.GetString(0), row[1] as string, row[2] as string, row.GetInt64(3)));
        }

        return counts;
    }

    /// <summary>Returns the first cluster that uses a network or container manager; null if none does.</summary>
    public async Task<string?> ClusterUsing(string kind, string name, CancellationToken ct)
    {
        var column = kind == Network ? "network" : "manager";
        var sql = $"SELECT id FROM directory WHERE kind = @kind AND document IS NOT NULL AND {column} = @name ORDER BY id LIMIT 1";
        return await Read(sql, Cluster, name, ct).Select(row => row.GetString(0)).FirstOrDefaultAsync(ct);
    }

    private async IAsyncEnumerable<DbDataReader> Read(string sql, string kind, string name, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(sql).With(("@kind", kind), ("@name", name));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            yield return reader;
        }
    }
}

internal sealed record DirectoryCount(string Kind, string? Status, string? Verb, long Count);
