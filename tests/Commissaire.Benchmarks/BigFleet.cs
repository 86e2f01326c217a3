using System.Diagnostics;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Commissaire.Benchmarks;

/// <summary>
/// Ten thousand idle hosts: how long a server takes to recover them all, the memory per host compared to a bare actor, and the time of
/// their list compared to reading its rows.
/// </summary>
internal static class BigFleet
{
    private const int Hosts = 10_000;
    private const int Looks = 20;

    public static async Task Run(WorkDirectory work)
    {
        var data = Path.Combine(work.Path, Path.GetRandomFileName());
        await using (var server = await SimulatedServer.Start(work, data))
        {
            await server.Register(Hosts);
        }

        await Recovery(work, data);
        await Memory(work, data);
    }

    private static async Task Recovery(WorkDirectory work, string data)
    {
        var clock = Stopwatch.StartNew();
        using var server = ServerProcess.CommissaireOn(work, Programs.Server, data, "--watch-interval", "86400");
        using var client = WorkDirectory.Client(server.Port);
        await server.Ready(client, "/healthz/ready");
        await SimulatedServer.Until(() => AllAreThere(client));
        Load.Print("recovery", clock.Elapsed.TotalMilliseconds,
            Timed(() => Read(data, "SELECT message FROM journal ORDER BY persistence_id, sequence_number")), "ms ");

        var looks = new List<double>();
        for (var i = 0; i < Looks; i++)
        {
            clock.Restart();
            await client.GetByteArrayAsync("/api/v0/hosts");
            looks.Add(clock.Elapsed.TotalMilliseconds);
        }

        var floor = Enumerable.Range(0, Looks)
            .Select(_ => Timed(() => Read(data, "SELECT document FROM directory WHERE kind = 'host' ORDER BY id"))).Order().ElementAt(
            Looks / 2);
        Load.Print("GET hosts", looks.Order().ElementAt(Looks / 2), floor, "ms ");
    }

    private static async Task Memory(WorkDirectory work, string data)
    {
        double bare;
        double empty;
        await using (var server = await SimulatedServer.Start(work, Path.Combine(work.Path, Path.GetRandomFileName())))
        {
            empty = GC.GetTotalMemory(forceFullCollection: true);
            var actors = server.Services.GetRequiredService<ActorSystem>().ActorOf(Props.Create<Parent>());
            await actors.Ask<int>(Hosts);
            bare = GC.GetTotalMemory(forceFullCollection: true) - empty;
        }

        await using (var server = await SimulatedServer.Start(work, data))
        {
            await SimulatedServer.Until(() => AllAreThere(server.Client));
            Load.Print("idle host", (GC.GetTotalMemory(forceFullCollection: true) - empty) / Hosts, bare / Hosts, "B  ");
        }
    }

    private static async Task<bool> AllAreThere(HttpClient client) =>
        (await client.GetStringAsync("/metrics")).Contains($"commissaire_entities{{kind=\"host\"}} {Hosts}", StringComparison.Ordinal);

    private static double Timed(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalMilliseconds;
    }

    private static void Read(string data, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "commissaire.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            rows.GetFieldValue<byte[]>(0);
        }
    }

    // The floor: the same number of actors without state.
    private sealed class Parent : ReceiveActor
    {
        public Parent() => Receive<int>(count =>
        {
            for (var i = 0; i < count; i++)
            {
                Context.ActorOf(Props.Create<Bare>());
            }

            Sender.Tell(count);
        });
    }

    private sealed class Bare : ReceiveActor
    {
        public Bare() => ReceiveAny(_ => { });
    }
}
