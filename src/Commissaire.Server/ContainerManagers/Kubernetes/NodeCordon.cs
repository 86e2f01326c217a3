using System.Text.Json;
using Commissaire.Runs;
using k8s;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>
/// Cordons the node of a host for a run, and ends that cordon. The API says who cordoned a node: the owner of the field. An annotation
/// names the run.
/// </summary>
internal static class NodeCordon
{
    /// <summary>The run whose cordon a node has; null if it has none, or that of another client.</summary>
    public static string? OwnerOf(V1Node node) => IsOurs(node) ? Annotation(node, NodeNames.CordonedBy) : null;

    /// <summary>Cordons a node, or takes over the cordon of another run. The cordon of another client stays.</summary>
    public static async Task<StepProgress> Begin(KubernetesNodes nodes, V1Node node, RunId run, CancellationToken ct)
    {
        if (IsCordoned(node) && !IsOurs(node))
        {
            return StepProgress.Finished("the node was already cordoned") with { CordonedByOthers = true };
        }

        if (OwnerOf(node) != run.ToString())
        {
            await nodes.Mark(node, [new(NodeNames.CordonedBy, run.ToString()), new(NodeNames.CordonedAgainBy, null)], true, ct);
        }

        return StepProgress.Finished("");
    }

    /// <summary>
    /// Cordons a node again, once, that another client uncordons while the run drains it. Returns the failure of the step if that client
    /// insists, or null.
    /// </summary>
    public static async Task<StepProgress?> Keep(KubernetesNodes nodes, V1Node node, RunId run, CancellationToken ct)
    {
        if (IsCordoned(node))
        {
            return null;
        }

        if (Annotation(node, NodeNames.CordonedBy) != run.ToString() || Annotation(node, NodeNames.CordonedAgainBy) == run.ToString())
        {
            return StepProgress.Failed("another client uncordoned the node during the drain");
        }

        await nodes.Mark(node, [new(NodeNames.CordonedAgainBy, run.ToString())], true, ct);
        return null;
    }

    /// <summary>Uncordons a node if the run cordoned it. The cordon of another client, or of another run, stays.</summary>
    public static async Task<StepProgress> End(KubernetesNodes nodes, V1Node node, RunId run, CancellationToken ct)
    {
        if (Annotation(node, NodeNames.CordonedBy) != run.ToString())
        {
            return StepProgress.Finished("");
        }

        var foreign = IsCordoned(node) && !IsOurs(node);
        await nodes.Mark(node, [new(NodeNames.CordonedBy, null), new(NodeNames.CordonedAgainBy, null)], foreign ? null : false, ct);
        return StepProgress.Finished(foreign ? "another client cordoned the node, and it stays cordoned" : "");
    }

    private static bool IsCordoned(V1Node node) => node.Spec?.Unschedulable == true;

    private static bool IsOurs(V1Node node) => IsCordoned(node) && (node.Metadata.ManagedFields ?? []).Any(m =>
        m.Manager == NodeNames.FieldManager && Owns(KubernetesJson.Serialize(m.FieldsV1)));

    private static bool Owns(string fields)
    {
        using var owned = JsonDocument.Parse(fields);
        return owned.RootElement.ValueKind == JsonValueKind.Object
            && owned.RootElement.TryGetProperty("f:spec", out var spec)
            && spec.ValueKind == JsonValueKind.Object
            && spec.TryGetProperty("f:unschedulable", out _);
    }

    private static string? Annotation(V1Node node, string name) =>
        node.Metadata.Annotations is { } all && all.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
