using System.Diagnostics;
using Commissaire.Bootstrap;
using Commissaire.Runs;

namespace Commissaire.Hosts;

/// <summary>An event in words.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Summary">What happened, for people.</param>
/// <param name="Output">The end of what a command printed; empty when none is concerned.</param>
public readonly record struct HistoryLine(string Event, string Summary, string Output = "");

/// <summary>Tells the story of a host from its events.</summary>
public static class HostHistory
{
    /// <summary>An event in words.</summary>
    /// <exception cref="UnreachableException">The event is none that a host writes.</exception>
    public static HistoryLine Tell(HostEvent happened) => happened switch
    {
        HostEvent.Registered e => new("registered", $"registered as user '{e.RemoteUser}' on port {e.Port}"
            + (e.Cluster is { } cluster ? $" in cluster '{cluster}'" : "") + (e.HostKey is { } key ? $", host key {key}" : "")),
        HostEvent.HostKeyTrusted { By: { } by } e => new("host-key-accepted", $"host key {e.Key} accepted by '{by}'"),
        HostEvent.HostKeyTrusted e => new("host-key-recorded", $"host key {e.Key} recorded at first contact"),
        HostEvent.Investigated { Facts: var f } => new("investigated",
            $"found {f.Os} {f.OsVersion}, kernel {f.Kernel}, {f.Cpus} cpus, {f.MemoryKiB} KiB memory, {f.SpaceKiB} KiB space, boot {f.BootId}"),
        HostEvent.BootstrapPlanned e when e.Steps.Contains(KubeadmSteps.Join) => new("bootstrap-planned", $"to bootstrap as a node of Kubernetes: {string.Join(", ", e.Steps)}"),
        HostEvent.BootstrapPlanned e => new("bootstrap-planned", $"to bootstrap for network '{e.Network.Name}': {string.Join(", ", e.Steps)}"),
        HostEvent.BootstrapStepStarted e => new("bootstrap-step-started", $"began {e.Step}"),
        HostEvent.BootstrapStepFinished e => new("bootstrap-step-finished", $"finished {e.Step}", e.Output),
        HostEvent.Bootstrapped => new("bootstrapped", "bootstrap is complete"),
        HostEvent.Failed e => new("failed", e.Reason, e.Output),
        HostEvent.Recovered => new("recovered", "what was wrong is no more"),
        HostEvent.Rebooted e => new("rebooted", $"found in another boot: {e.BootId}"),
        HostEvent.JoinedCluster e => new("joined-cluster", $"joined cluster '{e.Cluster}'"),
        HostEvent.MembershipConfirmed e => new("membership-confirmed",
            $"listed by cluster '{e.Cluster}', {(e.Manager is { } manager ? $"whose container manager is '{manager}'" : "which has no container manager")}"),
        HostEvent.LeftCluster e => new("left-cluster", e.Evicted ? $"cluster '{e.Cluster}' was deleted" : $"left cluster '{e.Cluster}'"),
        HostEvent.DepartureConfirmed e => new("departure-confirmed", $"no longer listed by cluster '{e.Cluster}'"),
        HostEvent.NodeRegistrationStarted e => new("node-registration-started", $"asked container manager '{e.Manager}' to add the node"),
        HostEvent.NodeRegistered e => new("node-registered", $"is a node of container manager '{e.Manager}'"),
        HostEvent.NodeRemovalStarted e => new("node-removal-started", $"asked container manager '{e.Manager}' to remove the node"),
        HostEvent.NodeRemoved e => new("node-removed", $"no longer a node of container manager '{e.Manager}'"),
        HostEvent.NodeProblem e => new("node-problem", $"container manager '{e.Manager}': {e.Problem}"),
        HostEvent.NodeUnusable e => new("node-unusable", $"its node in container manager '{e.Manager}' {e.Reason}"),
        HostEvent.NodeUsable e => new("node-usable", $"its node in container manager '{e.Manager}' can carry work again"),
        HostEvent.TurnBegan e => new("turn-began",
            e.Steps.IsEmpty ? $"{e.Plan.Verb.ToWireName()} (run {e.Run.Number}): its turn came" : $"{e.Plan.Verb.ToWireName()} (run {e.Run.Number}): {string.Join(", ", e.Steps)}"),
        HostEvent.TurnStepStarted e => new("turn-step-started", $"began {e.Step}{(e.BootId is null ? "" : $" out of boot {e.BootId}")}"),
        HostEvent.TurnStepFinished e => new("turn-step-finished", $"finished {e.Step}", e.Output),
        HostEvent.TurnStepFailed e => new("turn-step-failed", $"{e.Step}: {e.Reason}", e.Output),
        HostEvent.TurnRebootNotNeeded => new("turn-reboot-not-needed", "no reboot is needed"),
        HostEvent.TurnFoundCordon => new("turn-found-cordon", "the node was cordoned by somebody else, and stays so"),
        HostEvent.TurnEnded e => new("turn-ended", e.Outcome switch
        {
            TurnOutcome.Succeeded => "its turn ended well",
            TurnOutcome.Skipped => $"left as it is: {e.Reason}{(e.LeftCordoned ? "; its node was left cordoned before" : "")}",
            _ => $"its turn failed in step {e.Step}: {e.Reason}{(e.LeftCordoned ? "; its node was left cordoned" : "")}",
        }, e.Output),
        HostEvent.TurnAcknowledged e => new("turn-acknowledged", $"run {e.Run.Number} knows how its turn ended"),
        HostEvent.CredentialsRead e => new("credentials-read", $"the private key was read by '{e.By}'"),
        HostEvent.Deleted => new("deleted", "deleted"),
        _ => throw new UnreachableException($"No words for {happened.GetType()}."),
    };
}
