namespace Commissaire.ContainerManagers;

/// <summary>The progress of a turn's step on a node.</summary>
/// <param name="Done">Whether the step is finished.</param>
/// <param name="Detail">The reason why an unfinished step waits, or a remark about a finished one; empty for none.</param>
internal sealed record StepProgress(bool Done, string Detail)
{
    /// <summary>Whether the node was already cordoned, and not by a run of Commissaire.</summary>
    public bool CordonedByOthers { get; init; }

    public static StepProgress Finished(string detail) => new(true, detail);

    public static StepProgress Waiting(string detail) => new(false, detail);
}
