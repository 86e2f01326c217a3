using System.Globalization;

namespace Commissaire.Storage;

// Which hosts and clusters must run.
internal sealed partial class EntityDirectory
{
    /// <summary>The ordering of the last event in the journal; 0 without events.</summary>
    public async Task<long> LastEvent(CancellationToken ct = default)
    {
        if (!await HasJournal())
        {
            return 0;
        }

        await using var command = database.Source.CreateCommand("SELECT coalesce(max(ordering), 0) FROM journal");
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Returns the hosts and clusters that exist, or were deleted and still have others to inform. Includes those whose row lacks an event
    /// after <paramref name="lastEvent"/>: the process died between the event and the row. The directory has every earlier event.
    /// </summary>
    public async Task<IReadOnlyCollection<(string Kind, string Id)>> Unfinished(long lastEvent)
    {
        var unfinished = new HashSet<(string, string)>();
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        await using (var command = database.Source.CreateCommand(
            $"SELECT kind, id, sequence, document IS NOT NULL OR departs FROM directory WHERE kind IN ('{Host}', '{Cluster}')"))
        {
            await using var row = await command.ExecuteReaderAsync();
            while (await row.ReadAsync())
            {
                rows.Add($"{row.GetString(0)}-{row.GetString(1)}", row.GetInt64(2));
                if (Convert.ToBoolean(row[3], CultureInfo.InvariantCulture))
                {
                    unfinished.Add((row.GetString(0), row.GetString(1)));
                }
            }
        }

        if (!await HasJournal())
        {
            return unfinished;
        }

        await using var events = database.Source.CreateCommand(
            $"""
            SELECT persistence_id, max(sequence_number) FROM journal
            WHERE ordering > @last AND (persistence_id LIKE '{Host}-%' OR persistence_id LIKE '{Cluster}-%')
            GROUP BY persistence_id
            """).With(("@last", lastEvent));
        await using var entity = await events.ExecuteReaderAsync();
        while (await entity.ReadAsync())
        {
            var id = entity.GetString(0);
            if (rows.GetValueOrDefault(id) < entity.GetInt64(1))
            {
                var kind = id[..id.IndexOf('-', StringComparison.Ordinal)];
                unfinished.Add((kind, id[(kind.Length + 1)..]));
            }
        }

        return unfinished;
    }

    // A new SQLite database has no journal until the journal starts.
    private async Task<bool> HasJournal()
    {
        await using var command = database.Source.CreateCommand(database.JournalExists);
        return await command.ExecuteScalarAsync() is not null;
    }
}
