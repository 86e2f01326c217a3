using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Benchmarks;

/// <summary>GET of a host, beside a bare Kestrel endpoint with the same authentication.</summary>
internal static class GetHost
{
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(8);

    public static async Task Run(WorkDirectory work)
    {
        double ours, floor;
        using (var server = ServerProcess.Commissaire(work, Programs.Server))
        {
            using var client = WorkDirectory.Client(server.Port);
            await server.Ready(client, "/healthz/ready");

            // A port of loopback where nothing listens: the host fails once and is then left alone for a while.
            using var registered = await client.PutAsJsonAsync("/api/v0/host/127.0.0.1", new JsonObject { ["ssh_priv_key"] = Load.PrivateKey(), ["port"] = 1 });
            registered.EnsureSuccessStatusCode();
            ours = await Get(client, "/api/v0/host/127.0.0.1");
        }

        using (var server = ServerProcess.Floor(work, Programs.Benchmarks))
        {
            using var client = WorkDirectory.Client(server.Port);
            await server.Ready(client, "/");
            floor = await Get(client, "/");
        }

        Load.Print("GET host", ours, floor, "/s ");
    }

    private static async Task<double> Get(HttpClient client, string path)
    {
        async Task Once(int _)
        {
            using var answer = await client.GetAsync(path);
            answer.EnsureSuccessStatusCode();
        }

        await Load.PerSecond(Warm, Once);
        return await Load.PerSecond(Measured, Once);
    }
}
