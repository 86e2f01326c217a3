using System.Globalization;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>
/// The draining of one node: each call evicts what may be evicted now, and says what is left and what keeps it. Nothing here needs to survive:
/// after a crash the pods themselves say how far it was.
/// </summary>
internal sealed class NodeDrain(k8s.Kubernetes api, TimeProvider clock)
{
    private const int AtOnce = 10;
    private const int Named = 3;

    // A refusal that says no time: the budget is spent; it may be free again when another pod is up. Two budgets on one pod are refused
    // until somebody changes them.
    private static readonly TimeSpan Spent = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Undecidable = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, (DateTimeOffset Until, string Why)> _refused = [];

    /// <summary>Goes on with it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="force">Whether pods that cannot be evicted are deleted.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<StepProgress> Advance(string node, bool force, CancellationToken ct)
    {
        var left = (await Pods(node, ct)).Where(MustGo).ToList();
        if (left.Count == 0)
        {
            return StepProgress.Finished("");
        }

        var now = clock.GetUtcNow();
        var due = left.Where(p => p.Metadata.DeletionTimestamp is null && (force || !(_refused.TryGetValue(p.Metadata.Uid, out var r) && now < r.Until))).ToList();
        foreach (var some in due.Chunk(AtOnce))
        {
            var answers = await Task.WhenAll(some.Select(async p => (Pod: p, Refusal: force ? await Delete(p, ct) : await Evict(p, ct))));
            foreach (var (pod, refusal) in answers)
            {
                _refused.Remove(pod.Metadata.Uid);
                if (refusal is { } no)
                {
                    _refused[pod.Metadata.Uid] = (now + no.Wait, no.Why);
                }
            }
        }

        var words = left.Take(Named).Select(p => $"{p.Metadata.NamespaceProperty}/{p.Metadata.Name}{(_refused.TryGetValue(p.Metadata.Uid, out var r) ? $" ({r.Why})" : "")}");
        return StepProgress.Waiting($"{left.Count} pods are left: {string.Join(", ", words)}{(left.Count > Named ? ", …" : "")}");
    }

    private async Task<List<V1Pod>> Pods(string node, CancellationToken ct)
    {
        var pods = new List<V1Pod>();
        string? next = null;
        do
        {
            var page = await api.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: $"spec.nodeName={node}", limit: 500, continueParameter: next, cancellationToken: ct);
            pods.AddRange(page.Items);
            next = page.Metadata?.ContinueProperty;
        }
        while (!string.IsNullOrEmpty(next));
        return pods;
    }

    // Mirror pods are the kubelet's own, those of a DaemonSet would only come back, and those that have ended do not count.
    private static bool MustGo(V1Pod pod) =>
        pod.Status?.Phase is not ("Succeeded" or "Failed")
        && pod.Metadata.Annotations?.ContainsKey("kubernetes.io/config.mirror") != true
        && pod.Metadata.OwnerReferences?.Any(o => o.Controller == true && o.Kind == "DaemonSet") != true;

    private async Task<(TimeSpan Wait, string Why)?> Evict(V1Pod pod, CancellationToken ct)
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
            await api.CoreV1.CreateNamespacedPodEvictionAsync(eviction, pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: ct);
            return null;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            return null;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            return (RetryAfter(e) ?? Spent, KubernetesErrors.Message(e.Response.Content));
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.InternalServerError)
        {
            return KubernetesErrors.Lasts(e.Response.Content)
                ? (Undecidable, $"{KubernetesErrors.Message(e.Response.Content)}{await Budgets(pod, ct)}")
                : (Spent, KubernetesErrors.Message(e.Response.Content));
        }
    }

    // The answer does not say which budgets these are.
    private async Task<string> Budgets(V1Pod pod, CancellationToken ct)
    {
        try
        {
            var all = await api.PolicyV1.ListNamespacedPodDisruptionBudgetAsync(pod.Metadata.NamespaceProperty, cancellationToken: ct);
            var over = all.Items.Where(b => Selects(b.Spec?.Selector, pod.Metadata.Labels ?? new Dictionary<string, string>())).Select(b => b.Metadata.Name).ToList();
            return over.Count > 0 ? $" They are {string.Join(" and ", over)}." : "";
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
            ("NotIn", var there) => !there || !e.Values.Contains(value!),
            ("Exists", var there) => there,
            ("DoesNotExist", var there) => !there,
            _ => false,
        });

    private async Task<(TimeSpan Wait, string Why)?> Delete(V1Pod pod, CancellationToken ct)
    {
        try
        {
            var options = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } };
            await api.CoreV1.DeleteNamespacedPodAsync(pod.Metadata.Name, pod.Metadata.NamespaceProperty, options, cancellationToken: ct);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
        {
            // It is gone already.
        }

        return null;
    }

    private static TimeSpan? RetryAfter(HttpOperationException e) =>
        e.Response.Headers.TryGetValue("Retry-After", out var values) && int.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
