using System.Diagnostics;

namespace Commissaire.Benchmarks;

/// <summary>The time from starting the published server on an empty directory to its first 200. The floor is the bare endpoint.</summary>
internal static class ColdStart
{
    private const int Times = 5;

    public static async Task Run(WorkDirectory work)
    {
        var server = Programs.Publish(work, "src/Commissaire.Server/Commissaire.Server.csproj", "commissaire-server");
        var bare = Programs.Publish(work, "tests/Commissaire.Benchmarks/Commissaire.Benchmarks.csproj", "Commissaire.Benchmarks");
        var ours = await Median(() => ServerProcess.Commissaire(work, server), "/api/v0/clusters");
        var floor = await Median(() => ServerProcess.Floor(work, bare), "/");
        Load.Print("cold start", ours, floor, "ms ");
    }

    private static async Task<double> Median(Func<ServerProcess> start, string path)
    {
        var times = new List<double>();
        for (var i = 0; i < Times; i++)
        {
            var clock = Stopwatch.StartNew();
            using var server = start();
            using var client = WorkDirectory.Client(server.Port);
            await server.Ready(client, path);
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        return times.Order().ElementAt(Times / 2);
    }
}
