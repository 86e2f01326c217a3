using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Commissaire.Benchmarks;

/// <summary>PUT of new hosts over 64 connections, beside single-row commits of the same driver with the same settings.</summary>
internal static class PutHost
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(6);

    public static async Task Run(WorkDirectory work)
    {
        var floor = Commits(work);
        double ours;
        using (var server = ServerProcess.Commissaire(work, Programs.Server))
        {
            using var client = WorkDirectory.Client(server.Port);
            await server.Ready(client, "/healthz/ready");

            // Hosts that take the connection and then say nothing: what is measured is registration, not what follows it.
            using var silent = new TcpListener(IPAddress.Any, 0);
            silent.Start(4096);
            var body = new JsonObject { ["ssh_priv_key"] = Load.PrivateKey(), ["port"] = ((IPEndPoint)silent.LocalEndpoint).Port }.ToJsonString();
            async Task Once(int i)
            {
                using var answer = await client.PutAsync($"/api/v0/host/127.{1 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}", new StringContent(body));
                answer.EnsureSuccessStatusCode();
            }

            await Load.PerSecond(Warm, Once);
            ours = await Load.PerSecond(Measured, i => Once(i + 1_000_000));
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
