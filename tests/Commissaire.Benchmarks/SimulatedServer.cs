using System.Globalization;
using System.Text.Json.Nodes;
using Commissaire.Configuration;
using Commissaire.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commissaire.Benchmarks;

/// <summary>A server in this process, whose hosts are simulated.</summary>
internal sealed class SimulatedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SimulatedServer(WebApplication app)
    {
        _app = app;
        Client = WorkDirectory.Client(new Uri(app.Urls.Single()).Port);
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<SimulatedServer> Start(WorkDirectory work, string data)
    {
        var settings = SettingsReader.Read(new JsonObject
        {
            ["listen_interface"] = "127.0.0.1",
            ["listen_port"] = "0",
            ["data_dir"] = data,
            ["watch_interval"] = "86400",
            ["authentication_plugins"] = new JsonArray(new JsonObject { ["name"] = "httpbasicauth", ["filepath"] = work.UsersFile }),
        });
        var app = ServerHost.Build(settings, TextWriter.Null, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IRemoteShell>(new SimulatedHosts());
        });
        await app.StartAsync();
        var server = new SimulatedServer(app);
        await Until(async () => (await server.Client.GetAsync("/healthz/ready")).IsSuccessStatusCode);
        return server;
    }

    /// <summary>Registers hosts into a new cluster and waits until all are bootstrapped.</summary>
    public async Task Register(int hosts)
    {
        (await Client.PutAsync("/api/v0/cluster/big", new StringContent("{}"))).EnsureSuccessStatusCode();
        var body = new JsonObject { ["ssh_priv_key"] = Load.PrivateKey(), ["cluster"] = "big" }.ToJsonString();
        await Parallel.ForAsync(0, hosts, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, ct) =>
            (await Client.PutAsync(string.Create(CultureInfo.InvariantCulture, $"/api/v0/host/10.1.{i >> 8}.{i & 255}"),
                new StringContent(body), ct)).EnsureSuccessStatusCode());
        await Until(async () => (int)(await Json("/api/v0/cluster/big"))["hosts"]!["available"]! == hosts);
    }

    public async Task<JsonNode> Json(string path) => JsonNode.Parse(await Client.GetStringAsync(path))!;

    public static async Task Until(Func<Task<bool>> so)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await so())
        {
            await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
