using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Commissaire.Storage;

/// <summary>
/// One row for each host, cluster, network and container manager, written by the entity after its event and before its answer, so that a list
/// read after a 2xx includes what was written. An entity that recovers writes its row again; an older row never replaces a newer one.
/// </summary>
internal sealed class EntityDirectory(Database database, GroupCommit writes)
{
    public const string Host = "host";
    public const string Cluster = "cluster";
    public const string Network = "network";
    public const string ContainerManager = "container-manager";
    public const string Run = "run";
    public const string Token = "token";

    /// <summary>Writes an entity's row.</summary>
    /// <param name="kind">Which kind of entity.</param>
    /// <param name="id">Which one.</param>
    /// <param name="sequence">The number of the last event the row reflects.</param>
    /// <param name="document">What a list shows of it; null when it is deleted.</param>
    /// <param name="network">The network a cluster uses.</param>
    /// <param name="manager">The container manager a cluster uses.</param>
    /// <exception cref="DbException">It could not be written.</exception>
    public Task Save(string kind, string id, long sequence, byte[]? document, string? network = null, string? manager = null) =>
        writes.Write(
            """
            INSERT INTO directory (kind, id, sequence, network, manager, document) VALUES (@kind, @id, @sequence, @network, @manager, @document)
            ON CONFLICT (kind, id) DO UPDATE SET
                sequence = excluded.sequence, network = excluded.network, manager = excluded.manager, document = excluded.document
            WHERE excluded.sequence >= directory.sequence
            """,
            ("@kind", kind), ("@id", id), ("@sequence", sequence), ("@network", network), ("@manager", manager), ("@document", document));

    /// <summary>The names of all entities of a kind, sorted.</summary>
    public async Task<IReadOnlyList<string>> Names(string kind, CancellationToken ct)
    {
        var names = new List<string>();
        await foreach (var row in Read("SELECT id FROM directory WHERE kind = @kind AND document IS NOT NULL ORDER BY id", kind, "", ct))
        {
            names.Add(row.GetString(0));
        }

        return names;
    }

    /// <summary>What a list shows of every entity of a kind, sorted by name.</summary>
    public async IAsyncEnumerable<byte[]> Documents(string kind, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in Read("SELECT document FROM directory WHERE kind = @kind AND document IS NOT NULL ORDER BY id", kind, "", ct))
        {
            yield return (byte[])row[0];
        }
    }

    /// <summary>What a list shows of some entities of a kind, in the order asked for; those without a row are left out.</summary>
    public async Task<IReadOnlyList<byte[]>> Documents(string kind, IReadOnlyList<string> ids, CancellationToken ct)
    {
        var found = new List<byte[]>(ids.Count);
        foreach (var id in ids)
        {
            await foreach (var row in Read("SELECT document FROM directory WHERE kind = @kind AND id = @name AND document IS NOT NULL", kind, id, ct))
            {
                found.Add((byte[])row[0]);
            }
        }

        return found;
    }

    /// <summary>How many entities there are, by kind and what their documents say of them.</summary>
    /// <exception cref="DbException">The database did not answer.</exception>
    public async Task<IReadOnlyList<DirectoryCount>> Count(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(
            $"""
            SELECT kind, {database.InDocument("status")}, {database.InDocument("verb")}, count(*) FROM directory WHERE length(document) > 0 GROUP BY 1, 2, 3
            """);
        var counts = new List<DirectoryCount>();
        await using var row = await command.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
        {
            counts.Add(new DirectoryCount(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetInt64(3)));
        }

        return counts;
    }

    /// <summary>A cluster that uses a network or container manager; null when none does.</summary>
    public async Task<string?> ClusterUsing(string kind, string name, CancellationToken ct)
    {
        var column = kind == Network ? "network" : "manager";
        await foreach (var row in Read($"SELECT id FROM directory WHERE kind = @kind AND document IS NOT NULL AND {column} = @name ORDER BY id LIMIT 1", Cluster, name, ct))
        {
            return row.GetString(0);
        }

        return null;
    }

    private async IAsyncEnumerable<DbDataReader> Read(string sql, string kind, string name, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(sql);
        foreach (var (parameter, value) in new[] { ("@kind", kind), ("@name", name) })
        {
            var p = command.CreateParameter();
            (p.ParameterName, p.Value) = (parameter, value);
            command.Parameters.Add(p);
        }

        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            yield return reader;
        }
    }
}

/// <summary>So many entities are alike.</summary>
/// <param name="Kind">Which kind of entity.</param>
/// <param name="Status">The status their documents say; null where they say none.</param>
/// <param name="Verb">The verb their documents say; null where they say none.</param>
/// <param name="Number">How many.</param>
internal sealed record DirectoryCount(string Kind, string? Status, string? Verb, long Number);
