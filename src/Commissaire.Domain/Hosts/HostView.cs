using System.Diagnostics;
using System.Globalization;

namespace Commissaire.Hosts;

/// <summary>The public state of a host. Facts and keys are null until known; the offered key is set if it is not the trusted one.</summary>
public sealed record HostView(
    HostAddress Address,
    int Port,
    string RemoteUser,
    HostStatus Status,
    string Reason,
    string Next,
    DateTimeOffset Since,
    DateTimeOffset LastCheck,
    HostFacts? Facts,
    HostKey? HostKey,
    HostKey? OfferedHostKey,
    ResourceName? Cluster,
    ResourceName? Manager,
    string Source)
{
    /// <summary>The policy that it was registered with; null for that of its cluster.</summary>
    public BootstrapPolicy? Bootstrap { get; init; }

    /// <summary>Why the host was adopted instead of bootstrapped; null if it was not.</summary>
    public string? Adopted { get; init; }

    /// <summary>For whom or what the host waits, and who can change that; null if it waits for nothing but the next health check.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>The steps of its bootstrap that are not done; null if there are none, or in a list.</summary>
    public ImmutableArray<PlannedStep>? Plan { get; init; }

    /// <summary>What becomes of its node when it leaves its cluster, or is becoming of it now; null without a node.</summary>
    public NodeDeparture? NodeDeparture { get; init; }
}

// The public state of the host.
public sealed partial record HostState
{
    /// <summary>The public state of the host.</summary>
    /// <exception cref="InvalidOperationException">No host is registered at the address.</exception>
    public HostView View() => Registration is { } r
        ? new HostView(Address, r.Port, r.RemoteUser, Status, Reason, NextStep, Since, Activity.LastCheck, Facts, HostKey, Failure?.Offered,
            Membership?.Cluster, Node is { Phase: NodePhase.Registered } node
                && node.Manager == Membership?.Manager ? node.Manager : null, r.Source)
        {
            Bootstrap = r.Bootstrap,
            Adopted = Adopted?.Why,
            NodeDeparture = NodeDeparture,
            WaitsFor = WaitsFor,
        }
        : throw new InvalidOperationException($"No host is registered at {Address}.");

    private string Reason => Status switch
    {
        HostStatus.Failed => Failure!.Reason,
        HostStatus.Investigating => "connecting to gather facts",
        HostStatus.Bootstrapping when Bootstrap is { Started: { } step } b => $"step {b.Done + 1} of {b.Steps.Length}: {step}"
            + (Activity.StepProgress.Length > 0 ? $"; {Activity.StepProgress}" : ""),
        HostStatus.Bootstrapping when Membership is { Settings: null } m => $"waiting to be listed by cluster '{m.Cluster}'",
        HostStatus.Bootstrapping when MustFindNode => $"asking container manager '{Membership!.Manager}' for a node of this host"
            + (Activity.StepProgress.Length > 0 ? $": {Activity.StepProgress}" : ""),
        HostStatus.Bootstrapping => "reading the default network",
        HostStatus.Active or HostStatus.Disassociated when Turn is { End: null, Started: { } step } t =>
            $"{t.Plan.Verb.ToWireName()} (run {t.Run.Number}), step {t.Done + 1} of {t.Steps.Length}: {step}"
            + (Activity.StepProgress.Length > 0 ? $"; {Activity.StepProgress}" : ""),
        HostStatus.Active => $"ready, and a node of container manager '{Node!.Manager}'",
        HostStatus.Disassociated when Node is { Phase: NodePhase.Registered, Unusable: { } unusable } =>
            $"ready, but its node in container manager '{Node.Manager}' {unusable}",
        HostStatus.Disassociated when Node is { Problem: { } problem } => $"container manager '{Node.Manager}': {problem}",
        HostStatus.Disassociated when Node is not null =>
            $"container manager '{Node.Manager}' was asked to "
            + $"{(Node.Phase != NodePhase.Removing ? "add" : Node.Stays ? "release" : "remove")} its node",
        HostStatus.Disassociated when Membership is null => "ready, and in no cluster",
        HostStatus.Disassociated when Membership.Settings is null => $"ready, and waiting to be listed by cluster '{Membership.Cluster}'",
        HostStatus.Disassociated => $"ready; cluster '{Membership!.Cluster}' has no container manager",
        _ => throw new UnreachableException(),
    };

    private string NextStep => this switch
    {
        { Activity.NotTried: { } problem } => $"the server could not connect and tries again{NextTry}: {problem}",
        { Turn: { End: null } turn } =>
            turn.Done + 1 < turn.Steps.Length ? $"step {turn.Steps[turn.Done + 1]}" : "the end of its turn in the run",
        { Failure.Offered: not null } => "waits until an operator accepts the new host key, or the host shows the trusted key again",
        { Failure: not null, NeedsInvestigation: true } => $"the investigation is retried{NextTry}",
        { Failure: not null, Bootstrap: null } => "the bootstrap is planned again",
        { Failure: not null, Bootstrap.Started: { } step } => $"bootstrap step {step} is retried{NextTry}",
        { Failure: not null } => $"the health check is repeated{NextTry}",
        { Status: HostStatus.Investigating } => "the bootstrap, once the facts are known",
        { Status: HostStatus.Bootstrapping, MustFindNode: true } => "the bootstrap, or the adoption of the host if it is in service",
        { Status: HostStatus.Bootstrapping } => "the next bootstrap step",
        { Node.Problem: not null } => "the container manager is asked again",
        _ => "the next health check",
    };

    private string? WaitsFor => this switch
    {
        { Turn: { End: null } turn } => $"the end of its turn in run {turn.Run.Number} of cluster '{turn.Run.Cluster}'",
        { Failure.Offered: not null } => "an operator, who accepts the new host key (commctl host accept-key), or gives the host its old "
            + "one back",
        { FailedForNetwork: true } => $"an operator, who gives cluster '{Membership!.Cluster}' another network",
        { Failure: not null } => "the host, until what the reason says is mended on it, or its credentials are changed (commctl host "
            + "set-credentials)",
        { Status: HostStatus.Investigating } => "the answer of the host",
        { Status: HostStatus.Bootstrapping, Membership: { Settings: null } m } => $"cluster '{m.Cluster}', to list it",
        { Status: HostStatus.Bootstrapping, MustFindNode: true } => $"container manager '{Membership!.Manager}', to look for its node",
        { Status: HostStatus.Bootstrapping, Bootstrap.Started: { } step } => $"the host, to end step {step}",
        { Node.Problem: not null } => $"container manager '{Node.Manager}'",
        { Node: { Phase: NodePhase.Registered, Unusable: not null } node } =>
            $"its node in container manager '{node.Manager}', or who made it unusable",
        { Node: { Phase: not NodePhase.Registered } node } => $"container manager '{node.Manager}'",
        _ => null,
    };

    // The round is known while no command runs and once this process has contacted the host.
    private string NextTry => Activity.Running is null && Activity.LastRound > default(DateTimeOffset)
        ? string.Create(CultureInfo.InvariantCulture, $" at {NextRound.UtcDateTime:HH:mm:ss} UTC")
        : "";
}
