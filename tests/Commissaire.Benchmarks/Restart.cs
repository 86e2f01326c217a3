using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Commissaire.Lab;
using Commissaire.Lab.Hosts;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Commissaire.Benchmarks;

/// <summary>
/// A rolling restart of lab hosts. The floor of a turn is a bare SSH client that reboots the same host and waits for its new boot ID. The
/// floor of fifty hosts at once is one host.
/// </summary>
internal static class Restart
{
    private const int OneByOne = 10;
    private const int AtOnce = 50;

    public static async Task Run(WorkDirectory work)
    {
        await LabEnvironment.EnsurePrerequisites();
        await using var lab = await LabEnvironment.Start();
        using var server = ServerProcess.Commissaire(work, Programs.Server);
        using var client = WorkDirectory.Client(server.Port);
        await server.Ready(client, "/healthz/ready");

        var few = await Cluster(client, lab, "few", OneByOne, TimeSpan.FromSeconds(1));
        await Turns(client, "few", 1);
        var floors = new List<double>();
        foreach (var host in few)
        {
            floors.Add(await Bare(host, lab.PrivateKeyPath));
        }

        var ours = (await Turns(client, "few", 1)).Order().ToList();
        floors.Sort();
        Load.Print("restart", ours[OneByOne / 2], floors[OneByOne / 2], "ms");

        await Cluster(client, lab, "one", 1, TimeSpan.FromSeconds(10));
        await Cluster(client, lab, "many", AtOnce, TimeSpan.FromSeconds(10));
        var one = await Whole(client, "one", 1);
        Load.Print("restart 50", await Whole(client, "many", AtOnce), one, "ms");
    }

    private static async Task<List<LabHost>> Cluster(HttpClient client, LabEnvironment lab, string name, int size, TimeSpan away)
    {
        (await client.PutAsync("/api/v0/containermanager/lab", new StringContent("""{"type": "trivial"}"""))).EnsureSuccessStatusCode();
        (await client.PutAsync($"/api/v0/cluster/{name}", new StringContent("""{"container_manager": "lab"}"""))).EnsureSuccessStatusCode();
        var hosts = new List<LabHost>();
        for (var i = 0; i < size; i++)
        {
            var host = await lab.AddHost(new LabHostOptions { Reboot = new Reboot { Away = away } });
            var body = new JsonObject { ["ssh_priv_key"] = lab.PrivateKeyBase64, ["port"] = host.Port, ["cluster"] = name };
            (await client.PutAsync($"/api/v0/host/{host.Address}", new StringContent(body.ToJsonString()))).EnsureSuccessStatusCode();
            hosts.Add(host);
        }

        await Until(async () => (int)(await Json(client, $"/api/v0/cluster/{name}"))["hosts"]!["available"]! == size);
        return hosts;
    }

    // The duration of each turn, in milliseconds.
    private static async Task<List<double>> Turns(HttpClient client, string cluster, int maxUnavailable)
    {
        var id = await Finished(client, cluster, maxUnavailable);
        var history = (await Json(client, $"/api/v0/cluster/{cluster}/operations/{id}/history")).AsArray();
        IEnumerable<DateTime> Times(string happened) => history.Where(e => (string)e!["event"]! == happened).Select(e => At(e!["at"]!));
        return [.. Times("host-began").Zip(Times("host-succeeded"), (began, ended) => (ended - began).TotalMilliseconds)];
    }

    private static async Task<double> Whole(HttpClient client, string cluster, int maxUnavailable)
    {
        await Finished(client, cluster, maxUnavailable);
        var run = await Json(client, $"/api/v0/cluster/{cluster}/restart");
        return (At(run["finished_at"]!) - At(run["started_at"]!)).TotalMilliseconds;
    }

    private static async Task<int> Finished(HttpClient client, string cluster, int maxUnavailable)
    {
        var body = new StringContent($$"""{"max_unavailable": {{maxUnavailable}}}""");
        (await client.PutAsync($"/api/v0/cluster/{cluster}/restart", body)).EnsureSuccessStatusCode();
        await Until(async () => (string)(await Json(client, $"/api/v0/cluster/{cluster}/restart"))["status"]! != "in_process");
        var run = await Json(client, $"/api/v0/cluster/{cluster}/restart");
        return (string)run["status"]! == "finished" ? (int)run["id"]! : throw new InvalidOperationException(run.ToJsonString());
    }

    // Connects, reads the boot ID, reboots, and reconnects until the boot ID has changed.
    private static async Task<double> Bare(LabHost host, string keyFile)
    {
        var clock = Stopwatch.StartNew();
        using var key = new PrivateKeyFile(keyFile);
        string boot;
        using (var ssh = await Connect())
        {
            boot = await Say(ssh, "cat /proc/sys/kernel/random/boot_id");
            try
            {
                await Say(ssh, "systemctl reboot");
            }
            catch (SshException)
            {
                // The host went down before it answered.
            }
        }

        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await pause.WaitForNextTickAsync())
        {
            try
            {
                using var ssh = await Connect();
                if (await Say(ssh, "cat /proc/sys/kernel/random/boot_id") != boot)
                {
                    return clock.Elapsed.TotalMilliseconds;
                }
            }
            catch (Exception e) when (e is SshException or System.Net.Sockets.SocketException or IOException)
            {
                // The host is not back yet.
            }
        }

        throw new InvalidOperationException();

        async Task<SshClient> Connect()
        {
            var ssh = new SshClient(host.Address.ToString(), host.Port, "root", key);
            await ssh.ConnectAsync(CancellationToken.None);
            return ssh;
        }
    }

    private static async Task<string> Say(SshClient ssh, string line)
    {
        using var command = ssh.CreateCommand(line);
        await command.ExecuteAsync();
        return command.Result;
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

    private static DateTime At(JsonNode time) => DateTime.Parse((string)time!, CultureInfo.InvariantCulture);
}
