using System.Text.Json.Serialization;
using Commissaire.Clusters;
using Commissaire.Networks;

namespace Commissaire.Hosts;

/// <summary>An event in the journal of a host.</summary>
/// <param name="At">The time.</param>
[JsonDerivedType(typeof(HostEvent.Registered), "host/registered/1")]
[JsonDerivedType(typeof(HostEvent.HostKeyTrusted), "host/host-key-trusted/1")]
[JsonDerivedType(typeof(HostEvent.Investigated), "host/investigated/1")]
[JsonDerivedType(typeof(HostEvent.BootstrapPlanned), "host/bootstrap-planned/1")]
[JsonDerivedType(typeof(HostEvent.BootstrapStepStarted), "host/bootstrap-step-started/1")]
[JsonDerivedType(typeof(HostEvent.BootstrapStepFinished), "host/bootstrap-step-finished/1")]
[JsonDerivedType(typeof(HostEvent.Bootstrapped), "host/bootstrapped/1")]
[JsonDerivedType(typeof(HostEvent.Failed), "host/failed/1")]
[JsonDerivedType(typeof(HostEvent.Recovered), "host/recovered/1")]
[JsonDerivedType(typeof(HostEvent.Rebooted), "host/rebooted/1")]
[JsonDerivedType(typeof(HostEvent.JoinedCluster), "host/joined-cluster/1")]
[JsonDerivedType(typeof(HostEvent.MembershipConfirmed), "host/membership-confirmed/1")]
[JsonDerivedType(typeof(HostEvent.LeftCluster), "host/left-cluster/1")]
[JsonDerivedType(typeof(HostEvent.DepartureConfirmed), "host/departure-confirmed/1")]
[JsonDerivedType(typeof(HostEvent.NodeRegistrationStarted), "host/node-registration-started/1")]
[JsonDerivedType(typeof(HostEvent.NodeRegistered), "host/node-registered/1")]
[JsonDerivedType(typeof(HostEvent.NodeRemovalStarted), "host/node-removal-started/1")]
[JsonDerivedType(typeof(HostEvent.NodeRemoved), "host/node-removed/1")]
[JsonDerivedType(typeof(HostEvent.NodeProblem), "host/node-problem/1")]
[JsonDerivedType(typeof(HostEvent.CredentialsRead), "host/credentials-read/1")]
[JsonDerivedType(typeof(HostEvent.Deleted), "host/deleted/1")]
[JsonDerivedType(typeof(HostEvent.TurnBegan), "host/turn-began/1")]
[JsonDerivedType(typeof(HostEvent.TurnStepStarted), "host/turn-step-started/1")]
[JsonDerivedType(typeof(HostEvent.TurnStepFinished), "host/turn-step-finished/1")]
[JsonDerivedType(typeof(HostEvent.TurnStepFailed), "host/turn-step-failed/1")]
[JsonDerivedType(typeof(HostEvent.TurnRebootNotNeeded), "host/turn-reboot-not-needed/1")]
[JsonDerivedType(typeof(HostEvent.TurnFoundCordon), "host/turn-found-cordon/1")]
[JsonDerivedType(typeof(HostEvent.TurnEnded), "host/turn-ended/1")]
[JsonDerivedType(typeof(HostEvent.TurnAcknowledged), "host/turn-acknowledged/1")]
[JsonDerivedType(typeof(HostEvent.NodeUnusable), "host/node-unusable/1")]
[JsonDerivedType(typeof(HostEvent.NodeUsable), "host/node-usable/1")]
public abstract record HostEvent(DateTimeOffset At)
{
    /// <summary>The host was registered.</summary>
    /// <param name="Port">The port of its sshd.</param>
    /// <param name="RemoteUser">The user to log in as.</param>
    /// <param name="SecretId">The id of the private key in the secret store.</param>
    /// <param name="KeyDigest">A keyed digest of the private key as it was sent.</param>
    /// <param name="HostKey">The host key that the host must show; null to trust the first.</param>
    /// <param name="Cluster">The cluster to join; null for none.</param>
    /// <param name="Source">A free label.</param>
    /// <param name="At">The time.</param>
    public sealed record Registered(
        int Port, string RemoteUser, string SecretId, string KeyDigest, HostKey? HostKey, ResourceName? Cluster, string Source,
            DateTimeOffset At)
        : HostEvent(At), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>A host key was recorded as the trusted one.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="By">The operator who accepted it; null when it was recorded at first contact.</param>
    /// <param name="At">The time.</param>
    public sealed record HostKeyTrusted(HostKey Key, string? By, DateTimeOffset At) : HostEvent(At);

    /// <summary>The facts of the host were found.</summary>
    public sealed record Investigated(HostFacts Facts, DateTimeOffset At) : HostEvent(At);

    /// <summary>The steps of the bootstrap were planned.</summary>
    public sealed record BootstrapPlanned(NetworkDefinition Network, ImmutableArray<string> Steps, DateTimeOffset At) : HostEvent(At);

    /// <summary>A bootstrap step is about to run: from now on it may have changed the host.</summary>
    public sealed record BootstrapStepStarted(string Step, DateTimeOffset At) : HostEvent(At);

    /// <summary>A bootstrap step is done.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="Output">The end of its output.</param>
    /// <param name="At">The time.</param>
    public sealed record BootstrapStepFinished(string Step, string Output, DateTimeOffset At) : HostEvent(At);

    /// <summary>All bootstrap steps are done.</summary>
    public sealed record Bootstrapped(DateTimeOffset At) : HostEvent(At);

    /// <summary>The host failed: it cannot be reached, or a step on it failed.</summary>
    /// <param name="Reason">The reason, for people.</param>
    /// <param name="Output">The end of the command's output; empty when there is none.</param>
    /// <param name="Offered">The host key that it showed instead of the trusted one; null for other failures.</param>
    /// <param name="At">The time.</param>
    public sealed record Failed(string Reason, string Output, HostKey? Offered, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host is no longer failed.</summary>
    public sealed record Recovered(DateTimeOffset At) : HostEvent(At);

    /// <summary>The host was found in another boot.</summary>
    public sealed record Rebooted(string BootId, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host became a member of a cluster.</summary>
    public sealed record JoinedCluster(ResourceName Cluster, DateTimeOffset At) : HostEvent(At);

    /// <summary>The cluster listed the host, and sent its settings.</summary>
    public sealed record MembershipConfirmed(ResourceName Cluster, ClusterSettings Settings, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host is no longer a member of a cluster.</summary>
    /// <param name="Cluster">The cluster.</param>
    /// <param name="ClusterDeleted">Whether the cluster was deleted, rather than the host removed from it.</param>
    /// <param name="At">The time.</param>
    public sealed record LeftCluster(ResourceName Cluster, bool ClusterDeleted, DateTimeOffset At) : HostEvent(At);

    /// <summary>The cluster that the host left no longer lists it.</summary>
    public sealed record DepartureConfirmed(ResourceName Cluster, DateTimeOffset At) : HostEvent(At);

    /// <summary>A container manager is about to be asked to add the node.</summary>
    public sealed record NodeRegistrationStarted(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>The container manager has the node.</summary>
    public sealed record NodeRegistered(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>A container manager is about to be asked to remove the node.</summary>
    public sealed record NodeRemovalStarted(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>The container manager no longer has the node.</summary>
    public sealed record NodeRemoved(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>The container manager could not add or remove the node; it is asked again.</summary>
    public sealed record NodeProblem(ResourceName Manager, string Problem, DateTimeOffset At) : HostEvent(At);

    /// <summary>The node cannot carry work: it is not ready, or cordoned.</summary>
    public sealed record NodeUnusable(ResourceName Manager, string Reason, DateTimeOffset At) : HostEvent(At);

    /// <summary>The node can carry work again.</summary>
    public sealed record NodeUsable(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host's turn in a run began.</summary>
    public sealed record TurnBegan(RunId Run, int Attempt, TurnPlan Plan, ImmutableArray<string> Steps, DateTimeOffset At)
        : HostEvent(At), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>A step of the turn is about to run: from now on it may have changed the host.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="BootId">The boot that the host is in before it reboots; null for other steps.</param>
    /// <param name="At">The time.</param>
    public sealed record TurnStepStarted(string Step, string? BootId, DateTimeOffset At) : HostEvent(At);

    /// <summary>A step of the turn is done.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="Output">The end of its output, or what was found.</param>
    /// <param name="At">The time.</param>
    public sealed record TurnStepFinished(string Step, string Output, DateTimeOffset At) : HostEvent(At);

    /// <summary>A step of the turn failed.</summary>
    /// <param name="Step">The step.</param>
    /// <param name="Reason">The reason, for people.</param>
    /// <param name="Output">The end of its output; empty when there is none.</param>
    /// <param name="At">The time.</param>
    public sealed record TurnStepFailed(string Step, string Reason, string Output, DateTimeOffset At) : HostEvent(At);

    /// <summary>The change took effect without a reboot.</summary>
    public sealed record TurnRebootNotNeeded(DateTimeOffset At) : HostEvent(At);

    /// <summary>Somebody else had cordoned the node; it stays cordoned.</summary>
    public sealed record TurnFoundCordon(DateTimeOffset At) : HostEvent(At);

    /// <summary>The turn ended.</summary>
    /// <param name="Outcome">How it ended.</param>
    /// <param name="Step">The step that failed; empty when none did.</param>
    /// <param name="Reason">Why it did not succeed; empty when it did.</param>
    /// <param name="Output">The end of the output of the failed step.</param>
    /// <param name="LeftCordoned">Whether we left its node cordoned.</param>
    /// <param name="At">The time.</param>
    public sealed record TurnEnded(TurnOutcome Outcome, string Step, string Reason, string Output, bool LeftCordoned, DateTimeOffset At)
        : HostEvent(At);

    /// <summary>The run knows how the turn ended.</summary>
    public sealed record TurnAcknowledged(RunId Run, int Attempt, DateTimeOffset At) : HostEvent(At);

    /// <summary>Somebody read the private key.</summary>
    public sealed record CredentialsRead(string By, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host was deleted.</summary>
    public sealed record Deleted(DateTimeOffset At) : HostEvent(At);
}
