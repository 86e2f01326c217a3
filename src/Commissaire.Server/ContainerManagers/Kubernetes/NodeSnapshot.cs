using k8s;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>
/// Answers the health checks of many hosts from one list of all nodes. The list is at most half a minute old, and is discarded when
/// Commissaire changes a node. A host whose node is not in the list is looked up on its own.
/// </summary>
internal sealed class NodeSnapshot(k8s.Kubernetes api, TimeProvider clock)
{
    private const int PageSize = 500;

    // Up to this number, hosts are asked for one by one: their nodes are smaller than the list of a large cluster.
    private const int FewHosts = 16;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);

    private readonly Lock _guard = new();
    private readonly HashSet<HostAddress> _asked = [];
    private DateTimeOffset _began;
    private DateTimeOffset _listedAt;
    private bool _many;
    private Task<Dictionary<string, V1Node>>? _list;

    /// <summary>Discards the list, because a node changes.</summary>
    public void Discard()
    {
        lock (_guard)
        {
            _list = null;
        }
    }

    /// <summary>Returns the node of a host; null if it must be looked up on its own.</summary>
    public async Task<V1Node?> Find(HostAddress host, CancellationToken ct) =>
        Current(host) is { } list ? (await list.WaitAsync(ct)).GetValueOrDefault(host.Value) : null;

    private Task<Dictionary<string, V1Node>>? Current(HostAddress host)
    {
        var now = clock.GetUtcNow();
        lock (_guard)
        {
            if (now - _began >= Period)
            {
                (_many, _began, _list) = (_asked.Count > FewHosts, now, null);
                _asked.Clear();
            }

            _asked.Add(host);
            if (_list is null or { IsFaulted: true } or { IsCanceled: true })
            {
                // Nodes that change all the time would make the list useless.
                var wanted = (_many || _asked.Count > FewHosts) && now - _listedAt >= ShortestPause;
                (_list, _listedAt) = wanted ? (List(), now) : (null, _listedAt);
            }

            return _list;
        }
    }

    private async Task<Dictionary<string, V1Node>> List()
    {
        var nodes = new Dictionary<string, V1Node>();
        string? next = null;
        do
        {
            var page = await api.CoreV1.ListNodeAsync(limit: PageSize, continueParameter: next);
            foreach (var node in page.Items)
            {
                if (NodeNames.HostOf(node) is { } host)
                {
                    nodes.TryAdd(host, node);
                }
            }

            next = page.Metadata?.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));
        return nodes;
    }
}
