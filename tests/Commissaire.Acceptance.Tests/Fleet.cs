using System.Text.Json;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>A cluster of active hosts, and its runs.</summary>
public sealed class Fleet
{
    private readonly ServerFixture fixture;

    private Fleet(ServerFixture fixture, string name, IReadOnlyList<LabHost> hosts) => (this.fixture, Name, Hosts) = (fixture, name, hosts);

    /// <summary>The name of the cluster.</summary>
    public string Name { get; }

    /// <summary>Its hosts, in the order of their turns.</summary>
    public IReadOnlyList<LabHost> Hosts { get; }

    /// <summary>The addresses of its hosts.</summary>
    public IReadOnlyList<string> Addresses => [.. Hosts.Select(host => $"{host.Address}")];

    /// <summary>The path of the cluster in the API.</summary>
    public string Path => $"/cluster/{Name}";

    /// <summary>Creates a cluster of hosts that need no packages.</summary>
    public static Task<Fleet> Create(ServerFixture fixture, int hosts, double drainSeconds = 0, string user = "root") =>
        Create(fixture, Enumerable.Repeat(new LabHostOptions { Os = LabOs.Atomic }, hosts), drainSeconds, user);

    /// <summary>Creates a cluster of hosts whose container manager takes a fixed time to drain a node.</summary>
    public static async Task<Fleet> Create(
        ServerFixture fixture, IEnumerable<LabHostOptions> options, double drainSeconds = 0, string user = "root")
    {
        var manager = FormattableString.Invariant($"drains-in-{drainSeconds * 1000:0}-ms");
        await fixture.Server.Ensure(
            $"/containermanager/{manager}", new { type = "trivial", options = new { drain_seconds = drainSeconds } });
        var name = await fixture.AddCluster(new { container_manager = manager });
        var hosts = await Task.WhenAll(options.Select(host => fixture.Lab.AddHost(host)));
        await Task.WhenAll(hosts.Select(host => fixture.Register(host, name, user)));
        await Task.WhenAll(hosts.Select(host => fixture.WaitFor(host, "active")));
        return new Fleet(fixture, name, [.. hosts.OrderBy(host => $"{host.Address}", StringComparer.Ordinal)]);
    }

    /// <summary>Wraps a cluster that exists.</summary>
    public static Fleet Existing(ServerFixture fixture, string cluster, IEnumerable<LabHost> hosts) =>
        new(fixture, cluster, [.. hosts.OrderBy(host => $"{host.Address}", StringComparer.Ordinal)]);

    /// <summary>Starts a run and returns its number.</summary>
    public async Task<int> Start(string verb, object? body = null, string? traceparent = null) =>
        (await fixture.Server.Put($"{Path}/{verb}", body, traceparent)).Ok().Json.GetProperty("id").GetInt32();

    /// <summary>Starts a run and waits for its end.</summary>
    public async Task<Reply> Run(string verb, object? body = null) => await WaitForEnd(await Start(verb, body));

    /// <summary>Reads a run, with the details of each host.</summary>
    public async Task<Reply> GetRun(int run = 1) => (await fixture.Server.Read($"{Path}/operations/{run}")).Ok();

    /// <summary>Waits for the end of a run, and returns it.</summary>
    public Task<Reply> WaitForEnd(int run = 1) => WaitFor(seen => seen["status"] != "in_process", "the run is over", run);

    /// <summary>Waits until a run matches, and returns it.</summary>
    public Task<Reply> WaitFor(Func<Reply, bool> condition, string description, int run = 1) =>
        Eventually.Matches(() => GetRun(run), condition, description);

    /// <summary>Waits until a host is in a step, and returns the run.</summary>
    public Task<Reply> WaitForStep(LabHost host, string step, int run = 1) =>
        WaitFor(seen => HostIn(seen, host) is var how && Text(how, "outcome") == "in_process"
            && Text(how, "step") == step, $"{host.Address} is in step {step}", run);

    /// <summary>Posts a request such as <c>pause</c> to a run.</summary>
    public async Task<Reply> Post(string word, int run = 1) =>
        (await fixture.Server.Send(HttpMethod.Post, $"{Path}/operations/{run}/{word}")).Ok();

    /// <summary>The status of the node of a host, as its container manager reports it.</summary>
    public async Task<string> NodeStatus(LabHost host) =>
        (await fixture.Server.Read($"/host/{host.Address}/status")).Ok().Json.GetProperty(
            "container_manager").TryGetProperty("status", out var status) ? $"{status}" : "none";

    /// <summary>The history of a run: names of events, with the address of the host.</summary>
    public async Task<IReadOnlyList<string>> History(int run = 1) =>
    [
        .. (await fixture.Server.Read($"{Path}/operations/{run}/history")).Ok().Json.EnumerateArray()
            .Select(entry => string.Join(' ',
                [Text(entry, "event"),
                .. Addresses.Where(address => Text(entry, "summary").StartsWith($"host {address} ", StringComparison.Ordinal))])),
    ];

    /// <summary>The summaries of the turns in the history of a host.</summary>
    public async Task<IReadOnlyList<string>> TurnHistory(LabHost host) =>
    [
        .. (await fixture.Server.Read($"/host/{host.Address}/history")).Ok().Json.EnumerateArray()
            .Where(entry => Text(entry, "event").StartsWith("turn-", StringComparison.Ordinal)).Select(entry => Text(entry, "summary")),
    ];

    /// <summary>The details of a host in a run.</summary>
    public static JsonElement HostIn(Reply run, LabHost host) =>
        run.Json.GetProperty("hosts").EnumerateArray().Single(how => Text(how, "address") == $"{host.Address}");

    /// <summary>The outcome of a host in a run, its step, and the reason.</summary>
    public static (string Outcome, string Step, string Reason) Result(Reply run, LabHost host) =>
        HostIn(run, host) is var how ? (Text(how, "outcome"), Text(how, "step"), Text(how, "reason")) : default;

    /// <summary>A list in a run, such as <c>restarted</c>.</summary>
    public static IReadOnlyList<string> List(Reply run, string field) =>
        [.. run.Json.GetProperty(field).EnumerateArray().Select(name => $"{name}")];

    /// <summary>The addresses of hosts.</summary>
    public static IReadOnlyList<string> AddressesOf(params IEnumerable<LabHost> hosts) => [.. hosts.Select(host => $"{host.Address}")];

    private static string Text(JsonElement entry, string field) => $"{entry.GetProperty(field)}";
}
