using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Benchmarks;

/// <summary>GET of a host. The floor is a bare Kestrel endpoint with the same authentication.</summary>
internal static class GetHost
{
    private const int Rounds = 5;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(2);

    public static async Task Run(WorkDirectory work)
    {
        using var server = ServerProcess.Commissaire(work, Programs.Server);
        using var client = WorkDirectory.Client(server.Port);
        await server.Ready(client, "/healthz/ready");

        // Nothing listens on this port: the host fails once and is then checked rarely.
        using var registered = await client.PutAsJsonAsync(
            "/api/v0/host/127.0.0.1", new JsonObject { ["ssh_priv_key"] = Load.PrivateKey(), ["port"] = 1 });
        registered.EnsureSuccessStatusCode();
        using var bare = ServerProcess.Floor(work, Programs.Benchmarks);
        using var bareClient = WorkDirectory.Client(bare.Port);
        await bare.Ready(bareClient, "/");

        // Alternate, so that other load on the machine affects both.
        await Get(client, "/api/v0/host/127.0.0.1", Warm);
        await Get(bareClient, "/", Warm);
        var (ours, floor) = (0.0, 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            ours += await Get(client, "/api/v0/host/127.0.0.1", Measured) / Rounds;
            floor += await Get(bareClient, "/", Measured) / Rounds;
        }

        Load.Print("GET host", ours, floor, "/s ");
    }

    private static Task<double> Get(HttpClient client, string path, TimeSpan duration) => Load.PerSecond(duration, async _ =>
    {
        using var answer = await client.GetAsync(path);
        answer.EnsureSuccessStatusCode();
    });
}
