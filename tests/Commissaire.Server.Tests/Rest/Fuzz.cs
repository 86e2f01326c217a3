using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>
/// Random requests to every route. Each has a seed, which reproduces it. COMMISSAIRE_FUZZ_REQUESTS sets their number.
/// </summary>
public sealed class Fuzz : IAsyncLifetime
{
    private const int DefaultRequests = 1500;
    private const int AwayRequests = 1000;

    private static readonly string[] Texts =
    [
        "", "c1", "c2", "n1", "m1", "default", "10.7.0.1", "10.7.0.2", "10.7.0.3", "::1", "[::1]", "127.1", "0x7f000001", "host-1", "a b",
        "..", "%2e%2e", "a/b", "\u0000", "\u202e", "\n", "ü", "😀", "***", "-1", "0", "1", "100%", "101%",
        "9223372036854775808", "1e999", "1.5", "NaN", "true", "null", "kubernetes", "trivial", "openshift",
        "flannel_server", "flannel_etcd",
        "restart", "upgrade", "deploy",
        "force", "fail", "always", "-----BEGIN CERTIFICATE-----", "/dev/zero", "https://127.0.0.1:9", "$(reboot)",
        "'; DROP TABLE journal; --", "SHA256:" + new string('k', 43), new string('x', 300), new string('y', 20_000),
    ];

    private static readonly string[] Fields =
    [
        "name", "address", "host", "port", "remote_user", "ssh_priv_key", "host_key", "cluster", "source", "status", "network",
        "container_manager", "type", "options", "old", "new", "version", "max_unavailable", "max_failures", "drain", "drain_timeout",
        "on_drain_timeout", "reboot", "timeout", "soak", "fingerprint", "ttl", "uses", "server_url", "token", "ca", "join", "kubeconfig",
        "drain_seconds", "insecure_skip_tls_verify", "hostset", "x", "", "$type",
    ];

    private static readonly string[] Verbs = ["GET", "PUT", "POST", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "NONSENSE"];

    private readonly ConcurrentDictionary<int, int> _answers = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private RunningServer _server = null!;
    private List<(string Verb, string Path)> _routes = [];

    private static int Requests =>
        int.TryParse(Environment.GetEnvironmentVariable("COMMISSAIRE_FUZZ_REQUESTS"), CultureInfo.InvariantCulture, out var requests)
            ? requests : DefaultRequests;

    public async Task InitializeAsync()
    {
        _server = await RunningServer.Start(RunningServer.NewDataDirectory(), new ScriptedShell());
        var paths = (await _server.Send("GET ~/openapi/v1.json")).Json!["paths"]!.AsObject();
        var documented = paths.SelectMany(p => p.Value!.AsObject().Select(v => (Verb: v.Key.ToUpperInvariant(), Path: p.Key))).ToList();
        _routes =
        [
            .. documented,
            .. documented.Where(r => r.Verb == "GET").Select(r => ("HEAD", r.Path)),
            .. new[] { "cluster", "network", "containermanager" }.Select(alias => ("GET", $"/api/v0/{alias}")),
        ];
        Assert.True(_routes.Count > 50, $"only {_routes.Count} routes");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task No_request_fails_the_server()
    {
        await Send(0, Requests);
        Assert.False(_answers.ContainsKey(503), Summary());
        Assert.Empty(_wrong);
        Assert.Contains(200, _answers.Keys);
        Assert.Contains(201, _answers.Keys);

        // While the journal takes no events, the server refuses changes and says that they may work later.
        _server.Execute("CREATE TRIGGER away BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'away'); END");
        await Send(Requests, AwayRequests);
        _server.Execute("DROP TRIGGER away");
        Assert.Empty(_wrong);
        Assert.True(_answers[503] > 0, Summary());
        await Eventually.Is(
            () => _server.Send("PUT /cluster/afterwards"), answer => (int)answer.Status == 201, "the journal takes events again");
    }

    private string Summary() => string.Join(", ", _answers.OrderBy(a => a.Key).Select(a => $"{a.Value} x {a.Key}"));

    private Task Send(int first, int count) => Parallel.ForEachAsync(
        Enumerable.Range(first, count), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (seed, ct) =>
        {
            using var request = Request(new Random(seed));
            using var response = await _server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var status = (int)response.StatusCode;
            _answers.AddOrUpdate(status, 1, (_, n) => n + 1);
            if (status is >= 500 and not 503)
            {
                var body = await response.Content.ReadAsStringAsync(ct);
                _wrong.Enqueue($"seed {seed}: {request.Method} {request.RequestUri}: {status} {body}");
            }
        });

    private HttpRequestMessage Request(Random random)
    {
        var (verb, path) = Pick(random, _routes);
        verb = random.Next(10) == 0 ? Pick(random, Verbs) : verb;
        var parts = path.Split('/').Select(p => p.StartsWith('{') ? Uri.EscapeDataString(Pick(random, Texts)) : p);
        var query = random.Next(4) == 0
            ? $"?{Pick(random, ["after", "limit", "cluster", "x"])}={Uri.EscapeDataString(Pick(random, Texts))}"
            : "";
        var url = _server.Http.BaseAddress!.ToString().TrimEnd('/') + string.Join('/', parts) + query;
        var request = new HttpRequestMessage(
            new HttpMethod(verb), new Uri(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        request.Headers.TryAddWithoutValidation("Authorization", random.Next(20) == 0 ? "Basic bm9ib2R5Ong=" : Client.Credentials);
        if (random.Next(10) == 0)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", Pick(random, ["", "-1", "0", "x", "9223372036854775807", "1e9"]));
        }

        if (verb is not ("GET" or "HEAD" or "TRACE") && random.Next(10) > 0)
        {
            request.Content = new ByteArrayContent(Body(random));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        }

        return request;
    }

    private static byte[] Body(Random random)
    {
        switch (random.Next(12))
        {
            case 0:
                var garbage = new byte[random.Next(200)];
                random.NextBytes(garbage);
                return garbage;
            case 1:
                var nested = random.Next(1, 100);
                return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"options\":", nested)) + "1" + new string('}', nested));
            case 2:
                return Encoding.UTF8.GetBytes(Value(random, 0)?.ToJsonString() ?? "null");
            case 3:
                return Encoding.UTF8.GetBytes(Client.Registration(cluster: random.Next(2) == 0 ? "c1" : null));
            default:
                var text = Object(random, 0).ToJsonString();
                return Encoding.UTF8.GetBytes(random.Next(20) == 0 ? text[..random.Next(text.Length)] : text);
        }
    }

    private static JsonObject Object(Random random, int depth)
    {
        var o = new JsonObject();
        for (var i = random.Next(5); i > 0; i--)
        {
            o[Pick(random, Fields)] = Value(random, depth + 1);
        }

        return o;
    }

    private static JsonNode? Value(Random random, int depth) => random.Next(depth > 3 ? 6 : 9) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => Pick(random, [0, -1, 1, 22, 65536, int.MaxValue, int.MinValue]),
        3 => Pick(random, [long.MinValue, long.MaxValue, 1L << 40]),
        4 => Pick(random, [0.5, -0.0, 1e308, 1e-308, 3.999999999999]),
        5 or 6 => Pick(random, Texts),
        7 => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))]),
        _ => Object(random, depth + 1),
    };

    private static T Pick<T>(Random random, IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
