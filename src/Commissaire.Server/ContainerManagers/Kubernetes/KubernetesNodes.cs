using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Commissaire.Hosts;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>The nodes of one Kubernetes API: everything Commissaire asks of it.</summary>
internal sealed partial class KubernetesNodes : IDisposable
{
    /// <summary>What stands against a node that a kubelet is to make.</summary>
    public const string NotRegistered = "its kubelet has not registered the node";

    private const int PageSize = 500;
    private const int Attempts = 3;

    private readonly k8s.Kubernetes _api;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<HostAddress, string> _names = new();
    private readonly ConcurrentDictionary<HostAddress, NodeDrain> _drains = new();

    public KubernetesNodes(KubernetesClientConfiguration configuration, TimeProvider clock)
    {
        (_api, _clock) = (new k8s.Kubernetes(configuration), clock);
        Tokens = new BootstrapTokens(_api, configuration, clock);
    }

    /// <summary>What hosts join with.</summary>
    public BootstrapTokens Tokens { get; }

    /// <inheritdoc />
    public void Dispose() => _api.Dispose();

    /// <summary>Asks for what every other question needs, to see that the API is there and lets us ask.</summary>
    public Task Probe(CancellationToken ct) => _api.CoreV1.ListNodeAsync(limit: 1, cancellationToken: ct);

    /// <summary>Sees to it that a host has a node: one that is there is adopted, else one is made.</summary>
    /// <param name="host">The host.</param>
    /// <param name="cluster">The cluster it is a member of.</param>
    /// <param name="joined">Whether its kubelet makes the node: then it is waited for, and what the host joined with is removed.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Why that cannot be; null when it is so.</returns>
    public Task<string?> EnsureNode(HostAddress host, ResourceName? cluster, bool joined, CancellationToken ct) => RetryOnConflict(() => EnsureNodeOnce(host, cluster, joined, ct));

    private async Task<string?> EnsureNodeOnce(HostAddress host, ResourceName? cluster, bool joined, CancellationToken ct)
    {
        if (await Find(host, ct) is { } found)
        {
            var problem = await Adopt(found, host, cluster, ct);
            if (joined && problem is null)
            {
                await Tokens.Remove(host, ct);
            }

            return problem;
        }

        if (joined)
        {
            return NotRegistered;
        }

        var node = new V1Node
        {
            ApiVersion = "v1",
            Kind = "Node",
            Metadata = new V1ObjectMeta { Name = NodeNames.Of(host), Labels = Labels(host, cluster), Annotations = new Dictionary<string, string> { [NodeNames.Address] = host.Value } },
        };
        try
        {
            await _api.CoreV1.CreateNodeAsync(node, cancellationToken: ct);
            return null;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            return await Read(node.Metadata.Name, ct) is { } other ? await Adopt(other, host, cluster, ct) : "the node came and went; it is tried again";
        }
    }

    /// <summary>Sees to it that a host has no node. A node that does not say that it is this host's is left alone.</summary>
    public async Task Remove(HostAddress host, CancellationToken ct)
    {
        if (await Find(host, ct) is { } node && NodeNames.HostOf(node) == host.Value)
        {
            try
            {
                await _api.CoreV1.DeleteNodeAsync(node.Metadata.Name, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = node.Metadata.Uid } }, cancellationToken: ct);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            {
                // It is gone, or another has its name.
            }
        }

        _names.TryRemove(host, out _);
        _drains.TryRemove(host, out _);
    }

    /// <summary>Whether a host's node can carry work, and why not.</summary>
    public async Task<(bool Usable, string Reason)> GetReadiness(HostAddress host, CancellationToken ct)
    {
        if (await Find(host, ct) is not { } node)
        {
            return (false, "is gone");
        }

        // Removed by somebody, and registered anew by its kubelet: it is ours again, and to be removed with its host.
        if (NodeNames.HostOf(node) is null)
        {
            await Adopt(node, host, null, ct);
        }

        return Ready(node) switch
        {
            { Status: not "True" } not => (false, $"is not ready: {not.Reason}{(string.IsNullOrEmpty(not.Message) ? "" : $", {not.Message}")}"),
            _ when node.Spec?.Unschedulable == true => (false, CordonedBy(node) is { } run ? $"is cordoned by run {run}" : "is cordoned by somebody else"),
            _ => (true, ""),
        };
    }

    /// <summary>What is known of a host's node; nothing when it has none.</summary>
    public async Task<ImmutableArray<NodeFact>> Describe(HostAddress host, CancellationToken ct)
    {
        if (await Find(host, ct) is not { } node)
        {
            return [];
        }

        var ready = Ready(node);
        return
        [
            new("node", node.Metadata.Name),
            new("status", ready?.Status switch { "True" => "Ready", null => "Unknown", _ => "NotReady" }),
            new("reason", ready is null ? "its kubelet has not reported" : ready.Message ?? ready.Reason ?? ""),
            new("schedulable", node.Spec?.Unschedulable == true ? "false" : "true"),
            new("since", ready?.LastTransitionTime?.ToString("O", CultureInfo.InvariantCulture) ?? ""),
            new("kubelet", node.Status?.NodeInfo?.KubeletVersion ?? ""),
            new("boot_id", node.Status?.NodeInfo?.BootID ?? ""),
        ];
    }

    // The name a host was found under is remembered; the node itself is read each time.
    private async Task<V1Node?> Find(HostAddress host, CancellationToken ct)
    {
        foreach (var name in _names.TryGetValue(host, out var known) ? [known, NodeNames.Of(host)] : new[] { NodeNames.Of(host) })
        {
            if (await Read(name, ct) is { } named && (NodeNames.HostOf(named) ?? host.Value) == host.Value)
            {
                return Found(host, named);
            }
        }

        string? next = null;
        do
        {
            var page = await _api.CoreV1.ListNodeAsync(limit: PageSize, continueParameter: next, cancellationToken: ct);
            var found = page.Items.FirstOrDefault(n => NodeNames.HostOf(n) == host.Value) ?? page.Items.FirstOrDefault(n => NodeNames.HostOf(n) is null && NodeNames.IsAt(n, host));
            if (found is not null)
            {
                return Found(host, found);
            }

            next = page.Metadata?.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));
        return null;
    }

    private V1Node Found(HostAddress host, V1Node node)
    {
        _names[host] = node.Metadata.Name;
        return node;
    }

    private async Task<V1Node?> Read(string name, CancellationToken ct)
    {
        try
        {
            return await _api.CoreV1.ReadNodeAsync(name, cancellationToken: ct);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private async Task<string?> Adopt(V1Node node, HostAddress host, ResourceName? cluster, CancellationToken ct)
    {
        var of = NodeNames.HostOf(node);
        if (of is not null && of != host.Value)
        {
            return $"node '{node.Metadata.Name}' is that of host {of}";
        }

        var labels = Labels(host, cluster);
        if (of is null || labels.Any(l => node.Metadata.Labels is not { } there || !there.TryGetValue(l.Key, out var value) || value != l.Value))
        {
            await Patch(node, new JsonObject
            {
                ["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
                ["annotations"] = new JsonObject { [NodeNames.Address] = host.Value },
            }, null, ct);
        }

        Found(host, node);
        return null;
    }

    // Kubelets and controllers write on nodes all the time. What was refused because of that is judged anew, from what the node is then.
    private static async Task<T> RetryOnConflict<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict && attempt < Attempts)
            {
                // Again, with what it is now.
            }
        }
    }

    // With the version it was read in: whoever changed the node meanwhile wins.
    private async Task Patch(V1Node node, JsonObject metadata, bool? unschedulable, CancellationToken ct)
    {
        metadata["resourceVersion"] = node.Metadata.ResourceVersion;
        var patch = new JsonObject { ["metadata"] = metadata };
        if (unschedulable is { } cordoned)
        {
            patch["spec"] = new JsonObject { ["unschedulable"] = cordoned ? true : null };
        }

        await _api.CoreV1.PatchNodeAsync(new V1Patch(patch.ToJsonString(), V1Patch.PatchType.MergePatch), node.Metadata.Name, cancellationToken: ct);
    }

    private static Dictionary<string, string> Labels(HostAddress host, ResourceName? cluster)
    {
        var labels = new Dictionary<string, string>();
        if (NodeNames.Label(host.Value) is { } address)
        {
            labels[NodeNames.Address] = address;
        }

        if (cluster is { } of && NodeNames.Label(of.Value) is { } name)
        {
            labels[NodeNames.Cluster] = name;
        }

        return labels;
    }

    private static string? CordonedBy(V1Node node) =>
        node.Metadata.Annotations is { } annotations && annotations.TryGetValue(NodeNames.CordonedBy, out var run) && run.Length > 0 ? run : null;

    private static V1NodeCondition? Ready(V1Node node) => node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready");
}
