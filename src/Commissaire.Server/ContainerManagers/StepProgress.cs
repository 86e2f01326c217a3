namespace Commissaire.ContainerManagers;

/// <summary>The progress of a turn's step on a node. The detail explains why an unfinished step waits, or what was found.</summary>
internal sealed record StepProgress(bool Done, string Detail)
{
    /// <summary>Whether the node was already cordoned, and not by a run of Commissaire.</summary>
    public bool CordonedByOthers { get; init; }

    /// <summary>Why the step has failed, so that waiting for it is useless; null otherwise.</summary>
    public string? Failure { get; init; }

    public static StepProgress Failed(string failure) => new(false, failure) { Failure = failure };

    public static StepProgress Finished(string detail) => new(true, detail);

    public static StepProgress Waiting(string detail) => new(false, detail);
}
