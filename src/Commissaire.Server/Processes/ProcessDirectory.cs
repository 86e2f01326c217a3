using System.Collections.Immutable;
using System.Data.Common;
using Commissaire.Storage;

namespace Commissaire.Processes;

/// <summary>
/// The processes of an installation, as they have written themselves down in the database they share: where they find each other, and learn that
/// they were given up while they were not looking.
/// </summary>
internal sealed class ProcessDirectory(Database database)
{
    /// <summary>Says that a process lives, and writes it down if it is new.</summary>
    /// <param name="self">The process.</param>
    /// <param name="member">Whether it is a member of the cluster.</param>
    /// <param name="written">Whether it must be written down already.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>False when it must be, and somebody has struck it out.</returns>
    /// <exception cref="DbException">The database did not answer.</exception>
    public async Task<bool> Beat(ProcessId self, bool member, bool written, CancellationToken ct)
    {
        var sql = written
            ? $"UPDATE process SET beat = beat + 1, seen_at = now(), member = {member} WHERE address = @address AND uid = @uid"
            : """
              INSERT INTO process (address, uid, seen_at) VALUES (@address, @uid, now())
              ON CONFLICT (address, uid) DO UPDATE SET beat = process.beat + 1, seen_at = now()
              """;
        await using var command = Command(database.Source.CreateCommand(sql), self);
        return await command.ExecuteNonQueryAsync(ct) > 0;
    }

    /// <summary>
    /// Who is there, for a process that looks for others; when it finds that there is nobody to join, it becomes the founder, and is the only one.
    /// </summary>
    /// <param name="self">The process.</param>
    /// <param name="search">What it has seen so far.</param>
    /// <param name="mayFound">Whether it may become the founder.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="DbException">The database did not answer.</exception>
    public async Task<(Discovery Seen, Finding Finding)> Find(ProcessId self, Discovery search, bool mayFound, CancellationToken ct)
    {
        await using var connection = database.Connect();
        await connection.OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "LOCK TABLE process IN EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync(ct);

        command.CommandText = "SELECT address, uid, member, founder, beat FROM process";
        var others = ImmutableArray.CreateBuilder<ProcessRow>();
        await using (var row = await command.ExecuteReaderAsync(ct))
        {
            while (await row.ReadAsync(ct))
            {
                others.Add(new ProcessRow(new ProcessId(row.GetString(0), row.GetInt32(1)), row.GetBoolean(2), row.GetBoolean(3), row.GetInt64(4)));
            }
        }

        var (seen, finding) = search.Look(self, others.ToImmutable(), mayFound);
        if (finding is Finding.Nobody)
        {
            command.CommandText = "DELETE FROM process WHERE NOT (address = @address AND uid = @uid) AND (member OR founder); UPDATE process SET founder = true WHERE address = @address AND uid = @uid";
            Command(command, self);
            await command.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
        return (seen, finding);
    }

    /// <summary>Strikes out everybody who says to be a member and is none: if he only slept, he learns it when he wakes.</summary>
    /// <param name="members">The addresses of the members.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="DbException">The database did not answer.</exception>
    public async Task RemoveStale(string[] members, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("DELETE FROM process WHERE member AND NOT address = ANY(@members)");
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@members", members);
        command.Parameters.Add(parameter);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Strikes a process out.</summary>
    /// <exception cref="DbException">The database did not answer.</exception>
    public async Task Remove(ProcessId process, CancellationToken ct)
    {
        await using var command = Command(database.Source.CreateCommand("DELETE FROM process WHERE address = @address AND uid = @uid"), process);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static DbCommand Command(DbCommand command, ProcessId process)
    {
        foreach (var (name, value) in new (string, object)[] { ("@address", process.Address), ("@uid", process.Uid) })
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
