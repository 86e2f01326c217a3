using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commissaire.Networks;
using Commissaire.Runs;

namespace Commissaire.Hosts;

/// <summary>What happened to a host. Which host is said by the journal the event stands in.</summary>
/// <param name="At">When.</param>
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
    /// <summary>Commissaire took charge of the host.</summary>
    public sealed record Registered(
        int Port, string RemoteUser, string SecretId, string KeyDigest, HostKey? HostKey, ResourceName? Cluster, string Source, DateTimeOffset At)
        : HostEvent(At), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>The host's key was recorded as the one to trust.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="By">The operator who accepted it; null when it was recorded at first contact.</param>
    /// <param name="At">When.</param>
    public sealed record HostKeyTrusted(HostKey Key, string? By, DateTimeOffset At) : HostEvent(At);

    /// <summary>Its facts were learned, or had changed.</summary>
    public sealed record Investigated(HostFacts Facts, DateTimeOffset At) : HostEvent(At);

    /// <summary>What bootstrapping this host takes was settled.</summary>
    public sealed record BootstrapPlanned(NetworkDefinition Network, ImmutableArray<string> Steps, DateTimeOffset At) : HostEvent(At);

    /// <summary>A step is about to be run: from here on the host may have been changed by it.</summary>
    public sealed record BootstrapStepStarted(string Step, DateTimeOffset At) : HostEvent(At);

    /// <summary>A step is done.</summary>
    /// <param name="Step">Which.</param>
    /// <param name="Output">The end of what it printed.</param>
    /// <param name="At">When.</param>
    public sealed record BootstrapStepFinished(string Step, string Output, DateTimeOffset At) : HostEvent(At);

    /// <summary>Every step is done.</summary>
    public sealed record Bootstrapped(DateTimeOffset At) : HostEvent(At);

    /// <summary>The host cannot go on, or is not there.</summary>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="Output">The end of what the host printed; empty when it printed nothing.</param>
    /// <param name="Offered">The key it showed instead of the trusted one; null when that is not the matter.</param>
    /// <param name="At">When.</param>
    public sealed record Failed(string Reason, string Output, HostKey? Offered, DateTimeOffset At) : HostEvent(At);

    /// <summary>What was wrong is no more: the host is what it was before.</summary>
    public sealed record Recovered(DateTimeOffset At) : HostEvent(At);

    /// <summary>It was found in another boot than before.</summary>
    public sealed record Rebooted(string BootId, DateTimeOffset At) : HostEvent(At);

    /// <summary>It became a member of a cluster.</summary>
    public sealed record JoinedCluster(ResourceName Cluster, DateTimeOffset At) : HostEvent(At);

    /// <summary>Its cluster has listed it, and said which container manager it is to be a node of.</summary>
    public sealed record MembershipConfirmed(ResourceName Cluster, ResourceName? Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>It stopped being a member.</summary>
    /// <param name="Cluster">Of which cluster.</param>
    /// <param name="Evicted">Whether the cluster was deleted, rather than the host taken out.</param>
    /// <param name="At">When.</param>
    public sealed record LeftCluster(ResourceName Cluster, bool Evicted, DateTimeOffset At) : HostEvent(At);

    /// <summary>The cluster it left no longer lists it.</summary>
    public sealed record DepartureConfirmed(ResourceName Cluster, DateTimeOffset At) : HostEvent(At);

    /// <summary>A container manager is about to be asked to add its node.</summary>
    public sealed record NodeRegistrationStarted(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>It is a node of a container manager.</summary>
    public sealed record NodeRegistered(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>A container manager is about to be asked to remove its node.</summary>
    public sealed record NodeRemovalStarted(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>It is no longer a node of a container manager.</summary>
    public sealed record NodeRemoved(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>A container manager could not do what it was asked; it will be asked again.</summary>
    public sealed record NodeProblem(ResourceName Manager, string Problem, DateTimeOffset At) : HostEvent(At);

    /// <summary>Its node cannot carry work: it is not ready, or cordoned.</summary>
    public sealed record NodeUnusable(ResourceName Manager, string Reason, DateTimeOffset At) : HostEvent(At);

    /// <summary>Its node can carry work again.</summary>
    public sealed record NodeUsable(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>Its turn in a run of an operation began.</summary>
    public sealed record TurnBegan(RunId Run, int Attempt, TurnPlan Plan, ImmutableArray<string> Steps, DateTimeOffset At) : HostEvent(At), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>A step of its turn is about to be done: from here on the host may have been changed by it.</summary>
    /// <param name="Step">Which.</param>
    /// <param name="BootId">The boot it is in, when it is about to be told to reboot; null for other steps.</param>
    /// <param name="At">When.</param>
    public sealed record TurnStepStarted(string Step, string? BootId, DateTimeOffset At) : HostEvent(At);

    /// <summary>A step of its turn is done.</summary>
    /// <param name="Step">Which.</param>
    /// <param name="Output">The end of what the host printed, or what was found.</param>
    /// <param name="At">When.</param>
    public sealed record TurnStepFinished(string Step, string Output, DateTimeOffset At) : HostEvent(At);

    /// <summary>A step of its turn could not be done.</summary>
    /// <param name="Step">Which.</param>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="Output">The end of what the host printed; empty when it printed nothing.</param>
    /// <param name="At">When.</param>
    public sealed record TurnStepFailed(string Step, string Reason, string Output, DateTimeOffset At) : HostEvent(At);

    /// <summary>What was changed took effect without a reboot.</summary>
    public sealed record TurnRebootNotNeeded(DateTimeOffset At) : HostEvent(At);

    /// <summary>Its node was cordoned already, by somebody else, and is left so.</summary>
    public sealed record TurnFoundCordon(DateTimeOffset At) : HostEvent(At);

    /// <summary>Its turn ended.</summary>
    /// <param name="Outcome">Well, or not.</param>
    /// <param name="Step">The step that failed; empty when none did.</param>
    /// <param name="Reason">Why it did not end well; empty when it did.</param>
    /// <param name="Output">The end of what the host printed in that step.</param>
    /// <param name="LeftCordoned">Whether its node was left cordoned by us.</param>
    /// <param name="At">When.</param>
    public sealed record TurnEnded(TurnOutcome Outcome, string Step, string Reason, string Output, bool LeftCordoned, DateTimeOffset At) : HostEvent(At);

    /// <summary>The run knows how its turn ended.</summary>
    public sealed record TurnAcknowledged(RunId Run, int Attempt, DateTimeOffset At) : HostEvent(At);

    /// <summary>Somebody read the private key.</summary>
    public sealed record CredentialsRead(string By, DateTimeOffset At) : HostEvent(At);

    /// <summary>Commissaire was told to forget the host.</summary>
    public sealed record Deleted(DateTimeOffset At) : HostEvent(At);
}
