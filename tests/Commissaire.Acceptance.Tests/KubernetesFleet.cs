using Commissaire.Lab.Hosts;
using Commissaire.Lab.Kubernetes;

namespace Commissaire.Acceptance.Tests;

/// <summary>A Kubernetes API for a test, and a cluster whose hosts are its nodes.</summary>
public sealed class KubernetesFleet : IAsyncDisposable
{
    /// <summary>The labels of the pods of <see cref="AddPods"/>.</summary>
    public static readonly Dictionary<string, string> Web = new() { ["app"] = "web" };

    private static int managers;

    private readonly ServerFixture fixture;

    private KubernetesFleet(ServerFixture fixture, LabKubernetes kubernetes, string manager) =>
        (this.fixture, Kubernetes, Manager) = (fixture, kubernetes, manager);

    /// <summary>The API.</summary>
    public LabKubernetes Kubernetes { get; }

    /// <summary>The name of the container manager.</summary>
    public string Manager { get; }

    /// <summary>The cluster and its hosts.</summary>
    public Fleet Fleet { get; private set; } = null!;

    /// <summary>The options that connect to the API.</summary>
    public Dictionary<string, string> Options =>
        new() { ["server_url"] = Kubernetes.Url, ["token"] = Kubernetes.Token, ["ca"] = Kubernetes.CaPem };

    /// <summary>Starts an API and chooses a name for its container manager, without creating that.</summary>
    public static async Task<KubernetesFleet> StartApi(ServerFixture fixture) =>
        new(fixture, await LabKubernetes.Start(new LabKubernetesOptions { RetryAfter = 1 }), $"k{Interlocked.Increment(ref managers)}");

    /// <summary>Creates a container manager and a cluster without hosts.</summary>
    public static async Task<KubernetesFleet> CreateEmpty(
        ServerFixture fixture, string type = "kubernetes", Dictionary<string, string>? more = null, string bootstrap = "always")
    {
        var it = await StartApi(fixture);
        (await Eventually.Matches(() => it.PutManager(type, more), reply => reply.Code != 503, "the manager is there")).Ok();
        it.Fleet = Fleet.Existing(fixture, await fixture.AddCluster(new { container_manager = it.Manager, bootstrap }), []);
        return it;
    }

    /// <summary>Creates a cluster of active hosts whose kubelets register their nodes.</summary>
    public static async Task<KubernetesFleet> Create(ServerFixture fixture, int hosts)
    {
        var it = await CreateEmpty(fixture);
        var all = await Task.WhenAll(Enumerable.Range(0, hosts).Select(_ => fixture.AddHost(LabOs.Atomic)));
        foreach (var host in all)
        {
            it.Kubernetes.AddKubelet(host);
        }

        await Task.WhenAll(all.Select(host => fixture.Register(host, it.Fleet.Name)));
        await Task.WhenAll(all.Select(host => fixture.WaitFor(host, "active")));
        it.Fleet = Fleet.Existing(fixture, it.Fleet.Name, all);
        return it;
    }

    /// <summary>Puts the container manager.</summary>
    public Task<Reply> PutManager(string type = "kubernetes", Dictionary<string, string>? more = null) => fixture.Server.Put(
        $"/containermanager/{Manager}",
            new { type, options = Options.Concat(more ?? []).ToDictionary(option => option.Key, option => option.Value) });

    /// <summary>Waits until the container manager matches, and returns it.</summary>
    public Task<Reply> WaitForManager(Func<Reply, bool> condition, string description) =>
        Eventually.Matches(() => fixture.Server.Get($"/containermanager/{Manager}"),
            seen => seen.Body.Contains("last_error", StringComparison.Ordinal) && condition(seen), description);

    /// <summary>Adds a pod to each host, all of one ReplicaSet.</summary>
    public void AddPods()
    {
        for (var i = 0; i < Fleet.Hosts.Count; i++)
        {
            Kubernetes.AddPod(
                "demo", $"web-{i}", $"{Fleet.Hosts[i].Address}", new LabPodOptions { Owner = "ReplicaSet/web", Labels = Web, Grace = 1 });
        }
    }

    /// <summary>The node of a host.</summary>
    public LabNode Node(LabHost host) => Kubernetes.Node($"{host.Address}");

    /// <summary>The statuses of evictions, oldest first.</summary>
    public IReadOnlyList<int> Evictions => [.. Kubernetes.Requests.Where(
        request => request.Path.EndsWith("/eviction", StringComparison.Ordinal)).Select(request => request.Status)];

    /// <summary>How many times a node was cordoned.</summary>
    public int Cordons(LabHost host) => Kubernetes.Requests.Count(request =>
        request is { Method: "PATCH", Status: 200 } && request.Path == $"/api/v1/nodes/{host.Address}" && request.Body.Contains(
            "\"unschedulable\":true", StringComparison.Ordinal));

    public ValueTask DisposeAsync() => Kubernetes.DisposeAsync();
}
