namespace Commissaire.Lab.Kubernetes;

/// <summary>What a pod is beside its name and its node.</summary>
public sealed record LabPodOptions
{
    /// <summary>
    /// What owns and replaces it: ReplicaSet, ReplicationController, StatefulSet or DaemonSet, with a name after a slash unless it is the
    /// pod's own up to the last hyphen; nobody when null. Each pod added to an owner is one it will keep up.
    /// </summary>
    public string? Owner { get; init; }

    /// <summary>What budgets select it by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>How many of the cluster's seconds it takes to end.</summary>
    public int Grace { get; init; } = 30;

    /// <summary>Whether it mirrors a static pod, which its kubelet brings back whenever it is deleted.</summary>
    public bool Mirror { get; init; }

    /// <summary>Its phase. Any but Running stays what it is.</summary>
    public string Phase { get; init; } = "Running";

    /// <summary>Whether it keeps data on its node (emptyDir).</summary>
    public bool LocalStorage { get; init; }
}
