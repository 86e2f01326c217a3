using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Commissaire.Runs;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>The container manager behind a Kubernetes or OpenShift API.</summary>
internal sealed class KubernetesContainerManager : IContainerManager
{
    // As client-go's retry.DefaultRetry: a kubelet and several controllers may change a node one after another.
    private const int MaxAttempts = 5;

    private readonly k8s.Kubernetes _api;
    private readonly SocketsHttpHandler _connections;
    private readonly KubernetesNodes _nodes;
    private readonly NodeSnapshot _snapshot;
    private readonly TimeProvider _clock;
    private readonly ConcurrentDictionary<HostAddress, NodeDrain> _drains = new();

    public KubernetesContainerManager(KubernetesClientConfiguration configuration, TimeProvider clock)
    {
        ((_api, _connections), _clock) = (ApiTrust.Connect(configuration), clock);
        _snapshot = new NodeSnapshot(_api, clock);
        (_nodes, Tokens) = (new KubernetesNodes(_api, _snapshot.Discard), new BootstrapTokens(_api, configuration, clock));
    }

    public BootstrapTokens Tokens { get; }

    public void Dispose()
    {
        _api.Dispose();
        _connections.Dispose();
    }

    public Task Probe(CancellationToken ct) => _api.CoreV1.ListNodeAsync(limit: 1, cancellationToken: ct);

    public Task<string> PrepareJoin(HostAddress host, CancellationToken ct) => Tokens.Prepare(host, ct);

    public Task<string?> EnsureNode(HostAddress host, ResourceName? cluster, NodeOrigin origin, CancellationToken ct) =>
        RetryOnConflict(() => EnsureNodeOnce(host, cluster, origin, ct));

    private async Task<string?> EnsureNodeOnce(HostAddress host, ResourceName? cluster, NodeOrigin origin, CancellationToken ct)
    {
        if (await _nodes.Find(host, ct) is not { } node)
        {
            return origin != NodeOrigin.Created ? IContainerManager.NodeNotRegistered : await _nodes.Create(host, cluster, ct);
        }

        var problem = await _nodes.Adopt(node, host, cluster, ct);
        if (origin == NodeOrigin.Joined && problem is null)
        {
            await Tokens.Remove(host, ct);
        }

        return problem;
    }

    public async Task<string?> FindNode(HostAddress host, CancellationToken ct) => (await _nodes.Find(host, ct))?.Metadata.Name;

    public async Task<ImmutableArray<PodPreview>> PreviewDrain(HostAddress host, CancellationToken ct) =>
        await _nodes.Find(host, ct) is { } node ? await new NodeDrain(_api, _clock).Preview(node.Metadata.Name, ct) : [];

    public async Task Release(HostAddress host, CancellationToken ct)
    {
        await RetryOnConflict(() => _nodes.Release(host, ct));
        _drains.TryRemove(host, out _);
    }

    public async Task Remove(HostAddress host, bool join, DateTimeOffset? joinedSince, CancellationToken ct)
    {
        // First the credentials: a host that still joins has none left afterwards.
        if (join)
        {
            await Tokens.Remove(host, ct);
        }

        await _nodes.Delete(host, joinedSince, ct);
        _drains.TryRemove(host, out _);
    }

    public Task<(bool Usable, string Reason)> GetReadiness(HostAddress host, ResourceName? cluster, CancellationToken ct) =>
        RetryOnConflict(() => GetReadinessOnce(host, cluster, ct));

    private async Task<(bool Usable, string Reason)> GetReadinessOnce(HostAddress host, ResourceName? cluster, CancellationToken ct)
    {
        var node = await _snapshot.Find(host, ct);
        if (node is null || !KubernetesNodes.IsLabelled(node, host, cluster))
        {
            node = await _nodes.Find(host, ct);
        }

        if (node is null)
        {
            return (false, "does not exist");
        }

        // A node that was deleted and registered again by its kubelet has no labels. Without them it would outlive its host.
        await _nodes.Adopt(node, host, cluster, ct);

        return KubernetesNodes.ReadyCondition(node) switch
        {
            { Status: not "True" } not =>
                (false, $"is not ready: {not.Reason}{(string.IsNullOrEmpty(not.Message) ? "" : $", {not.Message}")}"),
            _ when node.Spec?.Unschedulable == true =>
                (false, NodeCordon.OwnerOf(node) is { } run ? $"is cordoned by run {run}" : "is cordoned, but not by Commissaire"),
            _ => (true, ""),
        };
    }

    public async Task<ImmutableArray<NodeFact>> Describe(HostAddress host, CancellationToken ct)
    {
        if (await _nodes.Find(host, ct) is not { } node)
        {
            return [];
        }

        var ready = KubernetesNodes.ReadyCondition(node);
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

    public Task<StepProgress> TakeStep(ContainerManagerCommand.TakeNodeStep step, CancellationToken ct) => RetryOnConflict(async () =>
    {
        if (await _nodes.Find(step.Host, ct) is not { } node)
        {
            return new StepProgress(Done: step.Step == TurnSteps.Uncordon, "the node does not exist");
        }

        switch (step.Step)
        {
            case TurnSteps.Cordon:
                _drains.TryRemove(step.Host, out _);
                return await NodeCordon.Begin(_nodes, node, step.Run, ct);
            case TurnSteps.Drain when await NodeCordon.Keep(_nodes, node, step.Run, ct) is { } lost:
                return lost;
            case TurnSteps.Drain:
                return await _drains.GetOrAdd(step.Host, _ => new NodeDrain(_api, _clock)).Advance(
                    node.Metadata.Name, step.Force ? step.ForceGrace ?? TurnPlan.DefaultForceGrace : null, ct);
            case TurnSteps.NodeReady:
                return CheckReturned(node, step);
            default:
                _drains.TryRemove(step.Host, out _);
                return await NodeCordon.End(_nodes, node, step.Run, ct);
        }
    });

    // A node stays Ready for a while after its kubelet died, so Ready counts only if it was reported after the reboot, from the current
    // boot.
    private static StepProgress CheckReturned(V1Node node, ContainerManagerCommand.TakeNodeStep step) =>
        (KubernetesNodes.ReadyCondition(node), node.Status?.NodeInfo?.BootID) switch
        {
            (null, _) => StepProgress.Finished("its kubelet has never reported"),
            ({ Status: not "True" } not, _) => StepProgress.Waiting($"the node is not ready: {not.Reason}"),
            (_, { Length: > 0 } boot) when boot != step.BootId => StepProgress.Waiting("the node has not reported the new boot yet"),
            (_, { Length: > 0 }) => StepProgress.Finished(""),
            ({ LastHeartbeatTime: { } reported }, _) when reported.ToUniversalTime() > step.After.UtcDateTime => StepProgress.Finished(""),
            _ => StepProgress.Waiting("the node has not reported since the reboot"),
        };

    // Kubelets and controllers update nodes all the time, so an update may conflict. Read the node again and decide from its new state.
    private static async Task<T> RetryOnConflict<T>(Func<Task<T>> action)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await action();
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict && attempt < MaxAttempts)
            {
                continue;
            }
        }
    }
}
