using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Commissaire.Benchmarks;

/// <summary>PUT of new hosts over 64 connections, beside single-row commits of the same driver with the same settings.</summary>
internal static class PutHost
{
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(6);

    public static async Task Run(WorkDirectory work)
    {
        var floor = Commits(work);
        double ours;
        using (var server = ServerProcess.Commissaire(work, Programs.Server))
        {
            using var client = WorkDirectory.Client(server.Port);
            await server.Ready(client, "/healthz/ready");
            var body = new JsonObject { ["ssh_priv_key"] = Load.PrivateKey(), ["port"] = 1 }.ToJsonString();
            async Task Once(int i)
            {
                // Addresses of loopback: the hosts refuse the connection at once.
                using var answer = await client.PutAsync($"/api/v0/host/127.{1 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}", new StringContent(body));
                answer.EnsureSuccessStatusCode();
            }

            await Once(0);
            ours = await Load.PerSecond(Measured, Once);
        }

        Load.Print("PUT host", ours, floor, "/s ");
    }

    private static double Commits(WorkDirectory work)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(work.Path, "floor.db")}");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode = WAL; CREATE TABLE row (id INTEGER PRIMARY KEY, body BLOB)");
        var (count, clock) = (0, Stopwatch.StartNew());
        for (; clock.Elapsed < Measured; count++)
        {
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO row (body) VALUES (@body)";
            insert.Parameters.AddWithValue("@body", new byte[600]);
            insert.ExecuteNonQuery();
        }

        return count / clock.Elapsed.TotalSeconds;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
