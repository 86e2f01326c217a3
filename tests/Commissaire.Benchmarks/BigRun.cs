using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Commissaire.Configuration;
using Commissaire.Hosts;
using Commissaire.Shell;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commissaire.Benchmarks;

/// <summary>
/// A restart of thousands of simulated hosts, in a server of this process: what it keeps, in the journal and in memory, and how fast it can be
/// looked at. Beside five thousand hosts stand half as many, each as figures per host: they are the same when growth is linear.
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

    private static async Task<(double JournalBytes, double MemoryBytes, double Milliseconds, double GetMilliseconds)> Measure(WorkDirectory work, int hosts)
    {
        var data = Path.Combine(work.Path, Path.GetRandomFileName());
        var settings = SettingsReader.Read(new JsonObject
        {
            ["listen_interface"] = "127.0.0.1",
            ["listen_port"] = "0",
            ["data_dir"] = data,
            ["authentication_plugins"] = new JsonArray(new JsonObject { ["name"] = "httpbasicauth", ["filepath"] = work.UsersFile }),
        });
        await using var app = ServerHost.Build(settings, TextWriter.Null, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IRemoteShell>(new SimulatedHosts());
        });
        await app.StartAsync();
        using var client = WorkDirectory.Client(new Uri(app.Urls.Single()).Port);
        await Until(async () => (await client.GetAsync("/healthz/ready")).IsSuccessStatusCode);
        (await client.PutAsync("/api/v0/cluster/big", new StringContent("{}"))).EnsureSuccessStatusCode();
        var body = new JsonObject { ["ssh_priv_key"] = Load.PrivateKey(), ["cluster"] = "big" }.ToJsonString();
        await Parallel.ForAsync(0, hosts, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, ct) =>
            (await client.PutAsync($"/api/v0/host/10.1.{i >> 8}.{i & 255}", new StringContent(body), ct)).EnsureSuccessStatusCode());
        await Until(async () => (int)(await Json(client, "/api/v0/cluster/big"))["hosts"]!["available"]! == hosts);

        var before = GC.GetTotalMemory(forceFullCollection: true);
        (await client.PutAsync("/api/v0/cluster/big/restart", new StringContent($$"""{"max_unavailable": {{hosts}}}"""))).EnsureSuccessStatusCode();
        await Until(async () => (string)(await Json(client, "/api/v0/cluster/big/operations")).AsArray()[0]!["status"]! != "in_process");
        var run = await Json(client, "/api/v0/cluster/big/restart");
        if ((string)run["status"]! != "finished")
        {
            throw new InvalidOperationException((string)run["reason"]!);
        }

        var took = DateTime.Parse((string)run["finished_at"]!, CultureInfo.InvariantCulture) - DateTime.Parse((string)run["started_at"]!, CultureInfo.InvariantCulture);
        var looks = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var clock = Stopwatch.StartNew();
            await client.GetByteArrayAsync("/api/v0/cluster/big/operations/1");
            looks.Add(clock.Elapsed.TotalMilliseconds);
        }

        looks.Sort();
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        var journal = JournalBytes(data);
        await app.StopAsync();
        return (journal, memory, took.TotalMilliseconds, looks[looks.Count / 2]);
    }

    private static double JournalBytes(string data)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(data, "commissaire.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT SUM(LENGTH(message)) FROM journal WHERE persistence_id LIKE 'operation-%'";
        return Convert.ToDouble(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static async Task Until(Func<Task<bool>> so)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await so())
        {
            await timer.WaitForNextTickAsync();
        }
    }

    private static async Task<JsonNode> Json(HttpClient client, string path) => JsonNode.Parse(await client.GetStringAsync(path))!;

    // Hosts that answer at once, and are in another boot as soon as they are told to reboot.
    private sealed class SimulatedHosts : IRemoteShell
    {
        private static readonly HostKey Key = new("ssh-ed25519", "SHA256:" + new string('k', 43));
        private readonly System.Collections.Concurrent.ConcurrentDictionary<HostAddress, Guid> _boots = new();

        public async Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct)
        {
            await Task.Yield();
            var boot = _boots.GetOrAdd(target.Address, _ => Guid.NewGuid());
            if (command == Investigation.Command)
            {
                return new ShellOutcome.Completed(0, $"""
                    == boot_id
                    {boot}
                    == kernel
                    6.1
                    == cpus
                    4
                    == memory
                    MemTotal:       16000000 kB
                    == ostree
                    == os-release
                    ID=fedora
                    VERSION_ID=42

                    == space
                    Filesystem 1024-blocks Used Available Capacity Mounted on
                    /dev/vda1 52000000 1 2 3% /
                    """, "", Key);
            }

            if (command.ToString().Contains("systemctl reboot", StringComparison.Ordinal))
            {
                _boots[target.Address] = Guid.NewGuid();
                return new ShellOutcome.Interrupted("it went down");
            }

            return new ShellOutcome.Completed(0, command == Investigation.Check ? boot.ToString() : "", "", Key);
        }
    }
}
