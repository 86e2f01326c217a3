namespace Commissaire.Storage;

// Which hosts are one machine under several addresses.
internal sealed partial class EntityDirectory
{
    /// <summary>Returns the IDs of all hosts that are a machine, sorted.</summary>
    public async Task<IReadOnlyList<string>> HostsOf(string machine, CancellationToken ct)
    {
        const string Sql = "SELECT id FROM directory WHERE kind = @kind AND machine = @name ORDER BY id";
        return await Read(Sql, Host, machine, ct).Select(row => row.GetString(0)).ToListAsync(ct);
    }

    /// <summary>Returns the machines that several hosts are, each with the IDs of those hosts, sorted.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<string>>> SharedMachines(CancellationToken ct)
    {
        const string Sql =
            """
            SELECT machine, id FROM directory
            WHERE kind = @kind AND machine IN (SELECT machine FROM directory WHERE machine IS NOT NULL GROUP BY machine HAVING count(*) > 1)
            ORDER BY id
            """;
        var rows = await Read(Sql, Host, "", ct).Select(row => (Machine: row.GetString(0), Id: row.GetString(1))).ToListAsync(ct);
        return [.. rows.GroupBy(row => row.Machine, row => row.Id).Select(machine => machine.ToList())];
    }
}
