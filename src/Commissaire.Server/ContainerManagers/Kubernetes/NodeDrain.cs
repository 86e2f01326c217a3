using System.Globalization;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Drains one node. The state is only a cache: after a crash the pods on the node show the progress.</summary>
internal sealed class NodeDrain(k8s.Kubernetes api, TimeProvider clock)
{
    private const int MaxConcurrentEvictions = 10;
    private const int MaxListedPods = 3;

    // The pause after a rejected eviction without Retry-After: the budget may allow it once another pod is up. If two budgets select one
    // pod, the API rejects every eviction until an operator changes a budget.
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConflictingBudgetsPause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, (DateTimeOffset RetryAt, string Reason)> _rejected = [];

    /// <summary>Evicts the pods that are due, or deletes them if forced.</summary>
    public async Task<StepProgress> Advance(string node, bool force, CancellationToken ct)
    {
        var remaining = (await ListPods(node, ct)).Where(BlocksDrain).ToList();
        if (remaining.Count == 0)
        {
            return StepProgress.Finished("");
        }

        var now = clock.GetUtcNow();
        var due = remaining.Where(p => p.Metadata.DeletionTimestamp is null
            && (force || !_rejected.TryGetValue(p.Metadata.Uid, out var rejection) || now >= rejection.RetryAt));
        foreach (var batch in due.Chunk(MaxConcurrentEvictions))
        {
            foreach (var (pod, rejection) in await Task.WhenAll(
                batch.Select(async p => (Pod: p, Rejection: force ? await Delete(p, ct) : await Evict(p, ct)))))
            {
                _rejected.Remove(pod.Metadata.Uid);
                if (rejection is { } r)
                {
                    _rejected[pod.Metadata.Uid] = (now + r.Pause, r.Reason);
                }
            }
        }

        var pods = remaining.Take(MaxListedPods).Select(p =>
            $"{p.Namespace()}/{p.Name()}{(_rejected.TryGetValue(p.Metadata.Uid, out var r) ? $" ({r.Reason})" : "")}");
        var ellipsis = remaining.Count > MaxListedPods ? ", …" : "";
        return StepProgress.Waiting($"{remaining.Count} pods are left: {string.Join(", ", pods)}{ellipsis}");
    }

    private async Task<List<V1Pod>> ListPods(string node, CancellationToken ct)
    {
        var pods = new List<V1Pod>();
        string? next = null;
        do
        {
            var page = await api.CoreV1.ListPodForAllNamespacesAsync(
                fieldSelector: $"spec.nodeName={node}", limit: 500, continueParameter: next, cancellationToken: ct);
            pods.AddRange(page.Items);
            next = page.Metadata?.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));
        return pods;
    }

    // A drain ignores finished pods, mirror pods of the kubelet, and DaemonSet pods, which would be created again.
    private static bool BlocksDrain(V1Pod pod) =>
        pod.Status?.Phase is not ("Succeeded" or "Failed")
        && pod.Metadata.Annotations?.ContainsKey("kubernetes.io/config.mirror") != true
        && pod.Metadata.OwnerReferences?.Any(o => o.Controller == true && o.Kind == "DaemonSet") != true;

    private async Task<(TimeSpan Pause, string Reason)?> Evict(V1Pod pod, CancellationToken ct)
    {
        var eviction = new V1Eviction
        {
            ApiVersion = "policy/v1",
            Kind = "Eviction",
            Metadata = new V1ObjectMeta { Name = pod.Metadata.Name, NamespaceProperty = pod.Metadata.NamespaceProperty },
            DeleteOptions = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } },
        };
        try
        {
            await api.CoreV1.CreateNamespacedPodEvictionAsync(eviction, pod.Name(), pod.Namespace(), cancellationToken: ct);
            return null;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            return null;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return (RetryAfter(e) ?? RetryPause, KubernetesErrors.Message(e.Response.Content));
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.InternalServerError)
        {
            return KubernetesErrors.IsPermanent(e.Response.Content)
                ? (ConflictingBudgetsPause, $"{KubernetesErrors.Message(e.Response.Content)}{await Budgets(pod, ct)}")
                : (RetryPause, KubernetesErrors.Message(e.Response.Content));
        }
    }

    // The error message does not name the budgets that select the pod.
    private async Task<string> Budgets(V1Pod pod, CancellationToken ct)
    {
        try
        {
            var all = await api.PolicyV1.ListNamespacedPodDisruptionBudgetAsync(pod.Metadata.NamespaceProperty, cancellationToken: ct);
            var labels = pod.Metadata.Labels ?? new Dictionary<string, string>();
            var names = all.Items.Where(b => Selects(b.Spec?.Selector, labels)).Select(b => b.Metadata.Name).ToList();
            return names.Count > 0 ? $" The budgets are {string.Join(" and ", names)}." : "";
        }
        catch (HttpOperationException)
        {
            return "";
        }
    }

    private static bool Selects(V1LabelSelector? selector, IDictionary<string, string> labels) => selector is not null
        && (selector.MatchLabels ?? new Dictionary<string, string>()).All(l => labels.TryGetValue(l.Key, out var value) && value == l.Value)
        && (selector.MatchExpressions ?? []).All(e => (e.OperatorProperty, labels.TryGetValue(e.Key, out var value)) switch
        {
            ("In", true) => e.Values.Contains(value!),
            ("NotIn", var exists) => !exists || !e.Values.Contains(value!),
            ("Exists", var exists) => exists,
            ("DoesNotExist", var exists) => !exists,
            _ => false,
        });

    private async Task<(TimeSpan Pause, string Reason)?> Delete(V1Pod pod, CancellationToken ct)
    {
        try
        {
            var options = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } };
            await api.CoreV1.DeleteNamespacedPodAsync(pod.Metadata.Name, pod.Metadata.NamespaceProperty, options, cancellationToken: ct);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // The pod does not exist any more.
        }

        return null;
    }

    private static TimeSpan? RetryAfter(HttpOperationException e) =>
        e.Response.Headers.TryGetValue("Retry-After", out var values)
        && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
