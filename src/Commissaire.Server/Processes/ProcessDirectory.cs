using System.Collections.Immutable;
using Commissaire.Storage;

namespace Commissaire.Processes;

/// <summary>Records the processes of an installation in the shared database, where they find each other.</summary>
internal sealed class ProcessDirectory(Database database)
{
    /// <summary>Increments the heartbeat, or adds the process. Returns false if it <paramref name="mustExist"/> but was removed.</summary>
    public async Task<bool> RecordHeartbeat(ProcessId self, bool member, bool mustExist, CancellationToken ct)
    {
        var sql = mustExist
            ? $"UPDATE process SET beat = beat + 1, seen_at = now(), member = {member} WHERE address = @address AND uid = @uid"
            : """
              INSERT INTO process (address, uid, seen_at) VALUES (@address, @uid, now())
              ON CONFLICT (address, uid) DO UPDATE SET beat = process.beat + 1, seen_at = now()
              """;
        await using var command = database.Source.CreateCommand(sql).With(("@address", self.Address), ("@uid", self.Uid));
        return await command.ExecuteNonQueryAsync(ct) > 0;
    }

    /// <summary>Searches for members. If there are none, records the searching process as the only founder.</summary>
    public async Task<(Discovery Next, DiscoveryResult Result)> Discover(
        ProcessId self, Discovery discovery, bool mayFound, CancellationToken ct)
    {
        await using var connection = database.CreateConnection();
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "LOCK TABLE process IN EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync(ct);

        command.CommandText = "SELECT address, uid, member, founder, beat FROM process";
        var records = ImmutableArray.CreateBuilder<ProcessRecord>();
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                var process = new ProcessId(row.GetString(0), row.GetInt32(1));
                records.Add(new ProcessRecord(process, row.GetBoolean(2), row.GetBoolean(3), row.GetInt64(4)));
            }
        }

        var (next, result) = discovery.Observe(self, records.ToImmutable(), mayFound);
        if (result is DiscoveryResult.NoMembers)
        {
            command.CommandText =
                """
                DELETE FROM process WHERE NOT (address = @address AND uid = @uid) AND (member OR founder);
                UPDATE process SET founder = true WHERE address = @address AND uid = @uid
                """;
            command.With(("@address", self.Address), ("@uid", self.Uid));
            await command.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
        return (next, result);
    }

    /// <summary>Removes members that left the cluster. A paused process finds its record missing when it resumes.</summary>
    public async Task RemoveStale(string[] members, CancellationToken ct)
    {
        const string Sql = "DELETE FROM process WHERE member AND NOT address = ANY(@members)";
        await using var command = database.Source.CreateCommand(Sql).With(("@members", members));
        await command.ExecuteNonQueryAsync(ct);
    }

    public async Task Remove(ProcessId process, CancellationToken ct)
    {
        const string Sql = "DELETE FROM process WHERE address = @address AND uid = @uid";
        await using var command = database.Source.CreateCommand(Sql).With(("@address", process.Address), ("@uid", process.Uid));
        await command.ExecuteNonQueryAsync(ct);
    }
}
