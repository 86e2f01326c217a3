using System.Diagnostics;

namespace Commissaire.Clusters;

/// <summary>The history of a cluster.</summary>
public static class ClusterHistory
{
    /// <summary>Describes an event for the history.</summary>
    public static HistoryLine Describe(ClusterEvent e) => e switch
    {
        ClusterEvent.Created c => new("created", $"created with {Describe(c.Settings)}"),
        ClusterEvent.Changed c => new("changed", $"now has {Describe(c.Settings)}"),
        ClusterEvent.MemberAdded m => new("member-added", $"host {m.Host} was listed"),
        ClusterEvent.MemberRemoved m => new("member-removed", $"host {m.Host} is no longer listed"),
        ClusterEvent.MemberReported m => new("member-reported", $"host {m.Host} is {m.Status.ToWireName()}: {m.Reason}"),
        ClusterEvent.RunStarted r => new("run-started", $"{r.Options.Plan.Verb.ToWireName()} (run {r.Run.Number}) started by '{r.By}'"),
        ClusterEvent.RunReopened r => new("run-reopened", $"run {r.Run.Number} continues"),
        ClusterEvent.RunEnded r => new("run-ended", $"run {r.Run.Number} ended"),
        ClusterEvent.Deleted => new("deleted", "deleted"),
        ClusterEvent.DeletionAcknowledged d => new("deletion-acknowledged", $"host {d.Host} acknowledged the deletion of the cluster"),
        _ => throw new UnreachableException($"Unknown event {e.GetType()}."),
    };

    private static string Describe(ClusterSettings settings) =>
        $"network '{settings.Network.Name}' and "
        + (settings.Manager is { } manager ? $"container manager '{manager.Name}'" : "no container manager");
}
