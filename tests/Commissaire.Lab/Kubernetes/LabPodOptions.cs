namespace Commissaire.Lab.Kubernetes;

/// <summary>Options of a pod.</summary>
public sealed record LabPodOptions
{
    /// <summary>
    /// Its owner, which replaces it: ReplicaSet, ReplicationController, StatefulSet or DaemonSet, with a slash and a name. The default
    /// name is the pod's name up to the last hyphen. Null for no owner. An owner keeps as many pods as were added to it.
    /// </summary>
    public string? Owner { get; init; }

    /// <summary>Its labels, by which budgets select it.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Its termination grace period, in seconds of the cluster.</summary>
    public int Grace { get; init; } = 30;

    /// <summary>Whether it mirrors a static pod, which its kubelet creates again after a deletion.</summary>
    public bool Mirror { get; init; }

    /// <summary>Its phase. Only Running changes by itself.</summary>
    public string Phase { get; init; } = "Running";

    /// <summary>Whether it keeps data on its node (emptyDir).</summary>
    public bool LocalStorage { get; init; }
}
