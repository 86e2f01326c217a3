using System.Diagnostics;
using System.Globalization;
using Commissaire.Lab.Databases;

namespace Commissaire.Benchmarks;

/// <summary>
/// Three processes on one PostgreSQL, with a client for each of hundreds of clusters: the longest gap between two answers when a process
/// stops, and when the oldest process is killed. The floor is the longest gap without either.
/// </summary>
internal static class Outage
{
    private const int Clusters = 300;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    public static async Task Run(WorkDirectory work)
    {
        await using var postgres = await PrivatePostgres.Start();
        var database = await postgres.Database();
        var first = Path.Combine(work.Path, "first");
        using var oldest = await Started(() => ServerProcess.CommissaireOn(work, Programs.Server, first, "--database", database));
        var keys = Path.Combine(first, "secret.keys");
        using var second = await Started(
            () => ServerProcess.Commissaire(work, Programs.Server, "--database", database, "--key-file", keys));
        using var third = await Started(() => ServerProcess.Commissaire(work, Programs.Server, "--database", database, "--key-file", keys));
        using var client = WorkDirectory.Client(oldest.Port);
        for (var i = 0; i < Clusters; i++)
        {
            (await client.PutAsync(
                string.Create(CultureInfo.InvariantCulture, $"/api/v0/cluster/c{i}"), new StringContent("{}"))).EnsureSuccessStatusCode();
        }

        var undisturbed = await LongestGap([oldest.Port, second.Port], () => Task.CompletedTask);
        var handOver = await LongestGap([oldest.Port, second.Port], third.Terminate);
        using var fourth = await Started(
            () => ServerProcess.Commissaire(work, Programs.Server, "--database", database, "--key-file", keys));
        var failover = await LongestGap([second.Port, fourth.Port], () =>
        {
            oldest.Kill();
            return Task.CompletedTask;
        });
        Load.Print("hand-over", handOver, undisturbed, "ms ");
        Load.Print("failover", failover, undisturbed, "ms ");
    }

    private static async Task<ServerProcess> Started(Func<ServerProcess> start)
    {
        var server = start();
        using var client = WorkDirectory.Client(server.Port);
        await server.Ready(client, "/healthz/ready");
        return server;
    }

    // Measures from shortly before the event until every cluster has answered again and shards are stable.
    private static async Task<double> LongestGap(int[] ports, Func<Task> happens)
    {
        using var stop = new CancellationTokenSource();
        var answered = new long[Clusters];
        var gaps = new double[Clusters];
        using var client = new HttpClient(new SocketsHttpHandler()) { Timeout = RequestTimeout };
        using var credentials = WorkDirectory.Client(ports[0]);
        client.DefaultRequestHeaders.Authorization = credentials.DefaultRequestHeaders.Authorization;
        var asking = Enumerable.Range(0, Clusters).Select(i => Ask(client, ports, i, answered, gaps, stop.Token)).ToArray();
        await SimulatedServer.Until(() => Task.FromResult(answered.All(a => a > 0)));
        Array.Clear(gaps);
        await happens();
        var happened = Stopwatch.GetTimestamp();
        await SimulatedServer.Until(() => Task.FromResult(answered.All(a => a > happened) && Stopwatch.GetElapsedTime(happened) > Quiet));
        var rested = Stopwatch.GetTimestamp();
        await SimulatedServer.Until(() => Task.FromResult(answered.All(a => a > rested)));
        await stop.CancelAsync();
        await Task.WhenAll(asking);
        return gaps.Max();
    }

    private static async Task Ask(HttpClient client, int[] ports, int cluster, long[] answered, double[] gaps, CancellationToken ct)
    {
        for (var i = cluster; !ct.IsCancellationRequested; i++)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture,
                    $"http://127.0.0.1:{ports[i % ports.Length]}/api/v0/cluster/c{cluster}")), ct);
                if (answer.IsSuccessStatusCode)
                {
                    var now = Stopwatch.GetTimestamp();
                    if (answered[cluster] > 0)
                    {
                        gaps[cluster] = Math.Max(gaps[cluster], Stopwatch.GetElapsedTime(answered[cluster], now).TotalMilliseconds);
                    }

                    answered[cluster] = now;
                }

                await Task.Delay(Pause, ct);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                // No answer in time: ask again.
            }
        }
    }
}
