namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>A kind of object, and the verbs it supports.</summary>
internal sealed record Kind(string Name, string Resource, string Group, string Version, bool Namespaced, string Verbs)
{
    public static Kind Node { get; } = new("Node", "nodes", "", "v1", false, "get list watch create update patch delete");

    public static Kind Pod { get; } = new("Pod", "pods", "", "v1", true, "get list watch delete");

    public static Kind Secret { get; } = new("Secret", "secrets", "", "v1", true, "get list watch create update patch delete");

    public static Kind Budget { get; } = new("PodDisruptionBudget", "poddisruptionbudgets", "policy", "v1", true, "get list watch");

    public static IReadOnlyList<Kind> All { get; } = [Node, Pod, Secret, Budget];

    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>Its name in error messages.</summary>
    public string QualifiedResource => Group.Length == 0 ? Resource : $"{Resource}.{Group}";

    public bool Allows(string verb) => Verbs.Split(' ').Contains(verb);
}
