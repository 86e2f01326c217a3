namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>How far a step is.</summary>
/// <param name="Done">Whether it is done.</param>
/// <param name="Detail">What stands against it, or what was found.</param>
internal sealed record StepProgress(bool Done, string Detail)
{
    /// <summary>Whether the node turned out to be cordoned by somebody else.</summary>
    public bool CordonedByOthers { get; init; }

    public static StepProgress Finished(string detail) => new(true, detail);

    public static StepProgress Waiting(string detail) => new(false, detail);
}
