using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Commissaire.Benchmarks;

/// <summary>
/// A restart of thousands of simulated hosts, with a server in this process: its size in the journal and in memory, and the time to read
/// it. Figures are per host, for five thousand hosts and for half as many: with linear growth they are equal.
/// </summary>
internal static class BigRun
{
    public static async Task Run(WorkDirectory work)
    {
        await Measure(work, 200);
        var half = await Measure(work, 2500);
        var whole = await Measure(work, 5000);
        Load.Print("run journal", whole.JournalBytes / 5000, half.JournalBytes / 2500, "B ");
        Load.Print("run memory", whole.MemoryBytes / 5000, half.MemoryBytes / 2500, "B ");
        Load.Print("run turn", whole.Milliseconds / 5000 * 1000, half.Milliseconds / 2500 * 1000, "us");
        Load.Print("GET run", whole.GetMilliseconds * 1000, half.GetMilliseconds * 1000, "us");
    }

    private static async Task<(double JournalBytes, double MemoryBytes, double Milliseconds, double GetMilliseconds)> Measure(
        WorkDirectory work, int hosts)
    {
        var data = Path.Combine(work.Path, Path.GetRandomFileName());
        await using var server = await SimulatedServer.Start(work, data);
        var client = server.Client;
        await server.Register(hosts);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        (await client.PutAsync(
            "/api/v0/cluster/big/restart", new StringContent($$"""{"max_unavailable": {{hosts}}}"""))).EnsureSuccessStatusCode();
        await SimulatedServer.Until(
            async () => (string)(await server.Json("/api/v0/cluster/big/operations")).AsArray()[0]!["status"]! != "in_process");
        var run = await server.Json("/api/v0/cluster/big/restart");
        if ((string)run["status"]! != "finished")
        {
            throw new InvalidOperationException((string)run["reason"]!);
        }

        var took = DateTime.Parse((string)run["finished_at"]!, CultureInfo.InvariantCulture) - DateTime.Parse(
            (string)run["started_at"]!, CultureInfo.InvariantCulture);
        var looks = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var clock = Stopwatch.StartNew();
            await client.GetByteArrayAsync("/api/v0/cluster/big/operations/1");
            looks.Add(clock.Elapsed.TotalMilliseconds);
        }

        looks.Sort();
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        return (JournalBytes(data), memory, took.TotalMilliseconds, looks[looks.Count / 2]);
    }

    private static double JournalBytes(string data)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "commissaire.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT SUM(LENGTH(message)) FROM journal WHERE persistence_id LIKE 'run-%'";
        return Convert.ToDouble(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
