using System.Diagnostics;
using Commissaire.Runs;

namespace Commissaire.Hosts;

public sealed partial record HostState
{
    /// <summary>The host as others see it.</summary>
    /// <exception cref="InvalidOperationException">No host is registered.</exception>
    public HostView View() => Registration is { } r
        ? new HostView(Address, r.Port, r.RemoteUser, Status, Reason, NextStep, Since, LastCheck, Facts, HostKey, Failure?.Offered,
            Membership?.Cluster, Node is { Phase: NodePhase.Registered } node && node.Manager == Membership?.Manager ? node.Manager : null, r.Source)
        : throw new InvalidOperationException($"No host is registered at {Address}.");

    private string Reason => Status switch
    {
        HostStatus.Failed => Failure!.Reason,
        HostStatus.Investigating => "connecting to learn what it is",
        HostStatus.Bootstrapping when Bootstrap is { Started: { } step } b => $"step {b.Done + 1} of {b.Steps.Length}: {step}",
        HostStatus.Bootstrapping => "finding out what its network needs",
        HostStatus.Active or HostStatus.Disassociated when Turn is { End: null, Started: { } step } t =>
            $"{t.Plan.Verb.ToWireName()} (run {t.Run.Number}), step {t.Done + 1} of {t.Steps.Length}: {step}{(Progress.Length > 0 ? $"; {Progress}" : "")}",
        HostStatus.Active => $"ready, and a node of container manager '{Node!.Manager}'",
        HostStatus.Disassociated when Node is { Phase: NodePhase.Registered, Unusable: { } unusable } => $"ready, but its node in container manager '{Node.Manager}' {unusable}",
        HostStatus.Disassociated when Node is { Problem: { } problem } => $"container manager '{Node.Manager}': {problem}",
        HostStatus.Disassociated when Node is not null => $"container manager '{Node.Manager}' has been asked to {(Node.Phase == NodePhase.Removing ? "remove" : "add")} its node",
        HostStatus.Disassociated when Membership is null => "ready, and in no cluster",
        HostStatus.Disassociated when !Membership.Confirmed => $"ready, and waiting to be listed by cluster '{Membership.Cluster}'",
        HostStatus.Disassociated => $"ready; cluster '{Membership!.Cluster}' has no container manager",
        _ => throw new UnreachableException(),
    };

    private string NextStep => this switch
    {
        { Turn: { End: null } turn } => turn.Done + 1 < turn.Steps.Length ? $"step {turn.Steps[turn.Done + 1]}" : "the end of its turn in the run",
        { Failure.Offered: not null } => "waits for an operator to accept the new host key, or for the host to show the trusted one again",
        { Failure: not null } => Position switch
        {
            HostEffect.Investigate => "will be investigated again",
            HostEffect.FindNetwork => "its bootstrap will be planned again",
            HostEffect.RunStep step => $"bootstrap step {step.Step} will be tried again",
            _ => "will be checked again",
        },
        { Status: HostStatus.Investigating } => "bootstrapping, once its facts are known",
        { Status: HostStatus.Bootstrapping } => "the next bootstrap step",
        { Node.Problem: not null } => "the container manager will be asked again",
        _ => "the next health check",
    };
}

/// <summary>The word for a status that clients know.</summary>
public static class HostStatusNames
{
    /// <summary>The status in lower case.</summary>
    public static string ToWireName(this HostStatus status) => status switch
    {
        HostStatus.Investigating => "investigating",
        HostStatus.Bootstrapping => "bootstrapping",
        HostStatus.Disassociated => "disassociated",
        HostStatus.Active => "active",
        HostStatus.Failed => "failed",
        _ => throw new UnreachableException(),
    };
}
