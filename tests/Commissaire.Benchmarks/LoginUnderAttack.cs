using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Commissaire.Benchmarks;

/// <summary>
/// The 99th percentile of right logins while strangers try 200 wrong ones a second, from one address and from many. The floor is the same
/// without strangers. Every measured login is verified with bcrypt: the cached verdicts of the users have expired.
/// </summary>
internal static class LoginUnderAttack
{
    private const int Users = 60;
    private const int PerSecond = 200;
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(61);

    public static async Task Run(WorkDirectory work)
    {
        var users = new JsonObject();
        for (var i = 0; i < Users; i++)
        {
            users[$"u{i}"] = new JsonObject { ["hash"] = BCrypt.Net.BCrypt.HashPassword($"p{i}", 10) };
        }

        var file = Path.Combine(work.Path, "many-users.json");
        await File.WriteAllTextAsync(file, users.ToJsonString());
        using var server = ServerProcess.Commissaire(
            work, Programs.Server, "--authentication-plugin", $"httpbasicauth:filepath={file}");
        using var client = WorkDirectory.Client(server.Port);
        await server.Ready(client, "/healthz/ready");
        await LogIn(client);

        await Task.Delay(CacheTime);
        var quiet = await LogIn(client);
        foreach (var addresses in new[] { 1, PerSecond })
        {
            using var stop = new CancellationTokenSource();
            var attack = Attack(server.Port, addresses, stop.Token);
            await Task.Delay(CacheTime);
            var attacked = await LogIn(client);
            await stop.CancelAsync();
            Load.Print($"login/{addresses}", attacked, quiet, "ms ");
            Console.WriteLine($"  answers to wrong logins: {await attack}");
        }
    }

    // All log in, one after another; the result is in milliseconds.
    private static async Task<double> LogIn(HttpClient client)
    {
        var times = new List<double>();
        for (var i = 0; i < Users; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var answer = await client.SendAsync(Request($"u{i}:p{i}"));
            answer.EnsureSuccessStatusCode();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[(int)Math.Ceiling(times.Count * 0.99) - 1];
    }

    private static async Task<string> Attack(int port, int addresses, CancellationToken ct)
    {
        var clients = Enumerable.Range(0, addresses).Select(i => From($"127.1.{i / 250}.{(i % 250) + 1}", port)).ToList();
        var answers = new ConcurrentDictionary<string, int>();
        var (clock, sent) = (Stopwatch.StartNew(), 0);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                for (; sent < clock.Elapsed.TotalSeconds * PerSecond; sent++)
                {
                    _ = Try(clients[sent % addresses], $"stranger{sent}:x", answers, ct);
                }
            }
        }
        catch (OperationCanceledException)
        {
            clients.ForEach(c => c.Dispose());
        }

        return string.Join(", ", answers.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Value} x {a.Key}"))
            + $", {sent / clock.Elapsed.TotalSeconds:0} a second";
    }

    private static async Task Try(
        HttpClient client, string credentials, ConcurrentDictionary<string, int> answers, CancellationToken ct)
    {
        try
        {
            using var answer = await client.SendAsync(Request(credentials), ct);
            answers.AddOrUpdate($"{(int)answer.StatusCode}", 1, (_, n) => n + 1);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            answers.AddOrUpdate("none", 1, (_, n) => n + 1);
        }
    }

    private static HttpRequestMessage Request(string credentials)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/v0/clusters");
        request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials)));
        return request;
    }

    private static HttpClient From(string address, int port) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
}
