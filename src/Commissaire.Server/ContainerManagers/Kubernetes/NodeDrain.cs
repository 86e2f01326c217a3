using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Drains one node. The state is only a cache: after a crash the pods on the node show the progress.</summary>
internal sealed class NodeDrain(k8s.Kubernetes api, TimeProvider clock)
{
    private const int MaxConcurrentRequests = 10;

    // The value of dryRun: the API takes a request through admission and disruption budgets, and stores nothing.
    private const string AllStages = "All";

    // The pause after a rejected eviction without Retry-After: the budget may allow it once another pod is up. If two budgets select one
    // pod, the API rejects every eviction until an operator changes a budget. Other refusals last until an operator changes a policy or a
    // right: their pauses grow.
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ConflictingBudgetsPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Refusal> _refusals = [];
    private readonly Dictionary<string, RemainingPod> _deleted = [];
    private bool _forced;

    /// <summary>
    /// Evicts the pods that are due. With a grace period it deletes them instead, also pods that are terminating already and would take
    /// longer.
    /// </summary>
    public async Task<StepProgress> Advance(string node, TimeSpan? forceGrace, CancellationToken ct)
    {
        var remaining = (await ListPods(node, ct)).Where(BlocksDrain).ToList();
        if (remaining.Count == 0)
        {
            return StepProgress.Finished(DrainReport.OfDeleted(_deleted.Values));
        }

        if (forceGrace is not null && !_forced)
        {
            _forced = true;
            _refusals.Clear();
        }

        var now = clock.GetUtcNow();
        var due = remaining.Where(p => (forceGrace is { } grace ? NeedsDeletion(p, grace) : p.Metadata.DeletionTimestamp is null)
            && (!_refusals.TryGetValue(p.Metadata.Uid, out var refusal) || now >= refusal.RetryAt));
        foreach (var batch in due.Chunk(MaxConcurrentRequests))
        {
            var outcomes = await Task.WhenAll(batch.Select(p => Try(
                p, () => forceGrace is { } grace ? Delete(p, grace, ct) : Evict(p, dryRun: false, ct), ct)));
            foreach (var (pod, outcome) in batch.Zip(outcomes))
            {
                Remember(pod, outcome, forceGrace, now);
            }

            // The API is away, or rejects the credentials: the other pods would fare no better.
            if (outcomes.FirstOrDefault(o => o.Fatal is not null) is { Fatal: { } fatal })
            {
                throw fatal;
            }
        }

        return StepProgress.Waiting(DrainReport.Of([.. remaining.Select(p => new RemainingPod(
            p.Namespace(), p.Name(), _refusals.GetValueOrDefault(p.Metadata.Uid)?.Reason,
            _deleted.GetValueOrDefault(p.Metadata.Uid)?.Deletion))]));
    }

    /// <summary>
    /// Asks for each pod that a drain evicts whether it would be evicted now, by itself, in a dry run of the API: no pod is evicted.
    /// </summary>
    public async Task<ImmutableArray<PodPreview>> Preview(string node, CancellationToken ct)
    {
        var previews = ImmutableArray.CreateBuilder<PodPreview>();
        var pods = (await ListPods(node, ct)).Where(p => BlocksDrain(p) && p.Metadata.DeletionTimestamp is null);
        foreach (var batch in pods.Chunk(MaxConcurrentRequests))
        {
            var outcomes = await Task.WhenAll(batch.Select(p => Try(p, () => Evict(p, dryRun: true, ct), ct)));
            if (outcomes.FirstOrDefault(o => o.Fatal is not null) is { Fatal: { } fatal })
            {
                throw fatal;
            }

            previews.AddRange(batch.Zip(outcomes, (pod, outcome) => new PodPreview(pod.Namespace(), pod.Name(), outcome.Refused)));
        }

        return previews.ToImmutable();
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

    // A terminating pod is left alone unless its grace period is longer: deleting it again changes nothing.
    private static bool NeedsDeletion(V1Pod pod, TimeSpan grace) => pod.Metadata.DeletionTimestamp is null || IsLonger(pod, grace);

    private static bool IsLonger(V1Pod pod, TimeSpan grace) =>
        (pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec?.TerminationGracePeriodSeconds ?? 30) > grace.TotalSeconds;

    private void Remember(V1Pod pod, Outcome outcome, TimeSpan? forceGrace, DateTimeOffset now)
    {
        var uid = pod.Metadata.Uid;
        var refusals = _refusals.Remove(uid, out var before) ? before.InARow + 1 : 1;
        if (outcome.Refused is { } reason)
        {
            _refusals[uid] = new Refusal(now + (outcome.Pause ?? Growing(refusals)), reason, refusals);
        }
        else if (outcome.Fatal is null && forceGrace is { } grace)
        {
            var how = !IsLonger(pod, grace) ? "deleted with their own grace period"
                : grace == TimeSpan.Zero ? "deleted without a grace period"
                : $"deleted with a grace period of {grace.TotalSeconds:0} s";
            _deleted[uid] = new RemainingPod(pod.Namespace(), pod.Name(), null, how);
        }
    }

    private static TimeSpan Growing(int refusals) => TimeSpan.FromTicks(Math.Min(
        LongestPause.Ticks, RetryPause.Ticks << Math.Min(refusals - 1, 10)));

    // Each pod has its own outcome: a pod that a policy keeps does not hide the others.
    private async Task<Outcome> Try(V1Pod pod, Func<Task> request, CancellationToken ct)
    {
        try
        {
            await request();
            return new Outcome();
        }
        catch (HttpOperationException e) when (e.Response.StatusCode != HttpStatusCode.Unauthorized)
        {
            var message = KubernetesErrors.Message(e.Response.Content);
            return e.Response.StatusCode switch
            {
                // The pod is gone, or another pod has its name: the next list shows it.
                HttpStatusCode.NotFound or HttpStatusCode.Conflict => new Outcome { Pause = RetryPause, Refused = message },
                HttpStatusCode.TooManyRequests => new Outcome { Pause = RetryAfter(e) ?? RetryPause, Refused = message },
                HttpStatusCode.InternalServerError when KubernetesErrors.IsPermanent(e.Response.Content) =>
                    new Outcome { Pause = ConflictingBudgetsPause, Refused = message + await Budgets(pod, ct) },
                >= HttpStatusCode.InternalServerError => new Outcome { Pause = RetryPause, Refused = message },
                _ => new Outcome { Refused = message },
            };
        }
        catch (Exception e) when (KubernetesErrors.IsExpected(e))
        {
            return new Outcome { Fatal = e };
        }
    }

    private Task<V1Eviction> Evict(V1Pod pod, bool dryRun, CancellationToken ct) => api.CoreV1.CreateNamespacedPodEvictionAsync(
        new V1Eviction
        {
            ApiVersion = "policy/v1",
            Kind = "Eviction",
            Metadata = new V1ObjectMeta { Name = pod.Metadata.Name, NamespaceProperty = pod.Metadata.NamespaceProperty },
            DeleteOptions = new V1DeleteOptions
            {
                Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid },
                DryRun = dryRun ? [AllStages] : null,
            },
        },
        pod.Name(), pod.Namespace(), dryRun: dryRun ? AllStages : null, cancellationToken: ct);

    private Task<V1Pod> Delete(V1Pod pod, TimeSpan grace, CancellationToken ct) => api.CoreV1.DeleteNamespacedPodAsync(
        pod.Metadata.Name,
        pod.Metadata.NamespaceProperty,
        new V1DeleteOptions
        {
            Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid },
            GracePeriodSeconds = IsLonger(pod, grace) ? (long)grace.TotalSeconds : null,
        },
        cancellationToken: ct);

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
        catch (Exception e) when (KubernetesErrors.IsExpected(e))
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

    private static TimeSpan? RetryAfter(HttpOperationException e) =>
        e.Response.Headers.TryGetValue("Retry-After", out var values)
        && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;

    // Refused and Fatal are null if the API accepted the request. Without a pause, the pauses grow with each refusal.
    private readonly record struct Outcome(TimeSpan? Pause, string? Refused, Exception? Fatal);

    private sealed record Refusal(DateTimeOffset RetryAt, string Reason, int InARow);
}
