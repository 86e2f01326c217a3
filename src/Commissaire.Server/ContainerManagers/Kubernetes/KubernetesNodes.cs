using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Finds, creates, labels, cordons and deletes the Node objects of hosts.</summary>
internal sealed class KubernetesNodes(k8s.Kubernetes api, Action changed)
{
    private const int PageSize = 500;

    // The API's clock may differ from ours.
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<HostAddress, string> _names = new();

    /// <summary>Finds the node of a host by its annotation, name or addresses. Caches only the name of the node.</summary>
    public async Task<V1Node?> Find(HostAddress host, CancellationToken ct)
    {
        foreach (var name in _names.TryGetValue(host, out var known) ? [known, NodeNames.Of(host)] : new[] { NodeNames.Of(host) })
        {
            if (await Read(name, ct) is { } named && (NodeNames.HostOf(named) ?? host.Value) == host.Value)
            {
                return Remember(host, named);
            }
        }

        string? next = null;
        do
        {
            var page = await api.CoreV1.ListNodeAsync(limit: PageSize, continueParameter: next, cancellationToken: ct);
            var node = page.Items.FirstOrDefault(n => NodeNames.HostOf(n) == host.Value)
                ?? page.Items.FirstOrDefault(n => NodeNames.HostOf(n) is null && NodeNames.IsAt(n, host));
            if (node is not null)
            {
                return Remember(host, node);
            }

            next = page.Metadata?.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));
        return null;
    }

    /// <summary>Creates a node for a host, or adopts the node that has its name. Returns the reason if neither is possible.</summary>
    public async Task<string?> Create(HostAddress host, ResourceName? cluster, CancellationToken ct)
    {
        var metadata = new V1ObjectMeta
        {
            Name = NodeNames.Of(host),
            Labels = Labels(host, cluster),
            Annotations = new Dictionary<string, string> { [NodeNames.Address] = host.Value },
        };
        try
        {
            await api.CoreV1.CreateNodeAsync(
                new V1Node { ApiVersion = "v1", Kind = "Node", Metadata = metadata },
                fieldManager: NodeNames.FieldManager, cancellationToken: ct);
            changed();
            return null;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            return await Read(metadata.Name, ct) is { } other
                ? await Adopt(other, host, cluster, ct)
                : $"node '{metadata.Name}' was deleted in the meantime; retrying";
        }
    }

    /// <summary>Labels a node as that of a host. Returns the reason if it belongs to another host.</summary>
    public async Task<string?> Adopt(V1Node node, HostAddress host, ResourceName? cluster, CancellationToken ct)
    {
        var owner = NodeNames.HostOf(node);
        if (owner is not null && owner != host.Value)
        {
            return $"node '{node.Metadata.Name}' belongs to host {owner}";
        }

        if (!IsLabelled(node, host, cluster))
        {
            var labels = Labels(host, cluster);
            await Patch(node, new JsonObject
            {
                ["labels"] = new JsonObject(labels.Select(l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
                ["annotations"] = new JsonObject { [NodeNames.Address] = host.Value },
            }, null, ct);
        }

        Remember(host, node);
        return null;
    }

    /// <summary>Whether a node is annotated and labelled as that of a host in a cluster.</summary>
    public static bool IsLabelled(V1Node node, HostAddress host, ResourceName? cluster)
    {
        var current = node.Metadata.Labels ?? new Dictionary<string, string>();
        return NodeNames.HostOf(node) == host.Value
            && Labels(host, cluster).All(l => current.TryGetValue(l.Key, out var value) && value == l.Value);
    }

    /// <summary>
    /// Deletes the node of a host, unless it is not annotated as this host's. A node that its kubelet registered in an unfinished join has
    /// no annotation: it is deleted if it is newer than that join.
    /// </summary>
    public async Task Delete(HostAddress host, DateTimeOffset? joinedSince, CancellationToken ct)
    {
        if (await Find(host, ct) is { } node && (NodeNames.HostOf(node) == host.Value || IsNewerThan(joinedSince, node)))
        {
            try
            {
                var options = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = node.Metadata.Uid } };
                await api.CoreV1.DeleteNodeAsync(node.Metadata.Name, options, cancellationToken: ct);
                changed();
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            {
                // The node does not exist, or a new node has the same name.
            }
        }

        _names.TryRemove(host, out _);
    }

    /// <summary>
    /// Takes the labels and annotations of Commissaire off the node of a host. A cordon stays: only who set it is forgotten. Returns
    /// whether there was such a node.
    /// </summary>
    public async Task<bool> Release(HostAddress host, CancellationToken ct)
    {
        var node = await Find(host, ct);
        if (node is not null && NodeNames.HostOf(node) == host.Value)
        {
            try
            {
                await Patch(node, new JsonObject
                {
                    ["labels"] = Removed(NodeNames.Address, NodeNames.Cluster),
                    ["annotations"] = Removed(NodeNames.Address, NodeNames.CordonedBy, NodeNames.CordonedAgainBy),
                }, null, ct);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
            {
                node = null;
            }
        }

        _names.TryRemove(host, out _);
        return node is not null;
    }

    /// <summary>Sets annotations of a node, null removing one, and cordons or uncordons it unless null.</summary>
    public Task Mark(V1Node node, IEnumerable<KeyValuePair<string, string?>> annotations, bool? cordon, CancellationToken ct) =>
        Patch(node, new JsonObject
        {
            ["annotations"] = new JsonObject(annotations.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value))),
        }, cordon, ct);

    /// <summary>The node's <c>Ready</c> condition; null if its kubelet never reported.</summary>
    public static V1NodeCondition? ReadyCondition(V1Node node) => node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready");

    private static bool IsNewerThan(DateTimeOffset? joinedSince, V1Node node) =>
        joinedSince is { } since && node.Metadata.CreationTimestamp?.ToUniversalTime() >= (since - ClockSkew).UtcDateTime;

    private V1Node Remember(HostAddress host, V1Node node)
    {
        _names[host] = node.Metadata.Name;
        return node;
    }

    private async Task<V1Node?> Read(string name, CancellationToken ct)
    {
        try
        {
            return await api.CoreV1.ReadNodeAsync(name, cancellationToken: ct);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    // The patch carries the version that was read, so it conflicts with every change since then.
    private async Task Patch(V1Node node, JsonObject metadata, bool? unschedulable, CancellationToken ct)
    {
        metadata["resourceVersion"] = node.Metadata.ResourceVersion;
        var patch = new JsonObject { ["metadata"] = metadata };
        if (unschedulable is { } cordoned)
        {
            patch["spec"] = new JsonObject { ["unschedulable"] = cordoned ? true : null };
        }

        var body = new V1Patch(patch.ToJsonString(), V1Patch.PatchType.MergePatch);
        await api.CoreV1.PatchNodeAsync(body, node.Metadata.Name, fieldManager: NodeNames.FieldManager, cancellationToken: ct);
        changed();
    }

    // RFC 7396: null removes a member.
    private static JsonObject Removed(params string[] names) => new(names.Select(name => KeyValuePair.Create(name, (JsonNode?)null)));

    private static Dictionary<string, string> Labels(HostAddress host, ResourceName? cluster)
    {
        var labels = new Dictionary<string, string>();
        if (NodeNames.LabelValue(host.Value) is { } address)
        {
            labels[NodeNames.Address] = address;
        }

        if (cluster is { } name && NodeNames.LabelValue(name.Value) is { } value)
        {
            labels[NodeNames.Cluster] = value;
        }

        return labels;
    }
}
