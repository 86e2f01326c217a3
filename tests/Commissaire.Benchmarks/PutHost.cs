using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Commissaire.Benchmarks;

/// <summary>
/// PUT of new hosts over 64 connections. The floor is single-row commits by the same driver with the same settings. The server is warmed up
/// first.
/// </summary>
internal static class PutHost
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(6);

    public static async Task Run(WorkDirectory work)
    {
        var floor = await Commits(work);
        double ours;
        using (var server = ServerProcess.Commissaire(work, Programs.Server))
        {
            using var client = WorkDirectory.Client(server.Port);
            await server.Ready(client, "/healthz/ready");

            // The hosts accept connections and do not answer: only the registration is measured.
            using var silent = new TcpListener(IPAddress.Any, 0);
            silent.Start(4096);
            var body = new JsonObject
            {
                ["ssh_priv_key"] = Load.PrivateKey(),
                ["port"] = ((IPEndPoint)silent.LocalEndpoint).Port
            }.ToJsonString();
            async Task Once(int i)
            {
                using var answer = await client.PutAsync(
                    $"/api/v0/host/127.{1 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}", new StringContent(body));
                answer.EnsureSuccessStatusCode();
            }

            await Load.PerSecond(Warm, Once);
            ours = await Load.PerSecond(Measured, i => Once(i + 1_000_000));
        }

        Load.Print("PUT host", ours, floor, "/s ");
    }

    // The floor: as many writers as clients, each of which commits single rows. The rate of one writer is printed, too.
    private static async Task<double> Commits(WorkDirectory work)
    {
        var path = Path.Combine(work.Path, "floor.db");
        using (var connection = Open(path))
        {
            Execute(connection, "PRAGMA journal_mode = WAL; CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB)");
        }

        var together = await Commits(path, Load.Connections);
        var alone = await Commits(path, 1);
        Console.WriteLine($"             commits a second: {together:0} by {Load.Connections} connections, {alone:0} by one");
        return together;
    }

    private static async Task<double> Commits(string path, int writers)
    {
        var (count, clock) = (0, Stopwatch.StartNew());
        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Factory.StartNew(() =>
        {
            using var connection = Open(path);
            while (clock.Elapsed < Measured)
            {
                using var insert = connection.CreateCommand();
                insert.CommandText = "INSERT INTO row (body) VALUES (@body)";
                insert.Parameters.AddWithValue("@body", new byte[600]);
                insert.ExecuteNonQuery();
                Interlocked.Increment(ref count);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return count / clock.Elapsed.TotalSeconds;
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection($"Data Source={path}");
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
