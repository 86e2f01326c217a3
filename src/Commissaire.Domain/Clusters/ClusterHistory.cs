using System.Diagnostics;
using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.Clusters;

/// <summary>Tells the story of a cluster from its events.</summary>
public static class ClusterHistory
{
    /// <summary>An event in words.</summary>
    /// <exception cref="UnreachableException">The event is none that a cluster writes.</exception>
    public static HistoryLine Tell(ClusterEvent happened) => happened switch
    {
        ClusterEvent.Created e => new("created", $"created with {Setup(e.Network, e.Manager)}"),
        ClusterEvent.Changed e => new("changed", $"now has {Setup(e.Network, e.Manager)}"),
        ClusterEvent.MemberAdded e => new("member-added", $"host {e.Host} was listed"),
        ClusterEvent.MemberRemoved e => new("member-removed", $"host {e.Host} is no longer listed"),
        ClusterEvent.MemberReported e => new("member-reported", $"host {e.Host} is {e.Status.ToWireName()}: {e.Reason}"),
        ClusterEvent.RunStarted e => new("run-started", $"{e.Options.Plan.Verb.ToWireName()} (run {e.Run.Number}) begun by '{e.By}'"),
        ClusterEvent.RunReopened e => new("run-reopened", $"run {e.Run.Number} goes on"),
        ClusterEvent.RunEnded e => new("run-ended", $"run {e.Run.Number} is over"),
        ClusterEvent.Deleted => new("deleted", "deleted"),
        ClusterEvent.DeletionAcknowledged e => new("member-evicted", $"host {e.Host} knows that the cluster is gone"),
        _ => throw new UnreachableException($"No words for {happened.GetType()}."),
    };

    private static string Setup(ResourceName network, ResourceName? manager) =>
        $"network '{network}' and {(manager is { } name ? $"container manager '{name}'" : "no container manager")}";
}
