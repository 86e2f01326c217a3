using System.Text.Json.Serialization;
using Commissaire.Clusters;
using Commissaire.Networks;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>An event in the journal of a host.</summary>
[JsonDerivedType(typeof(HostEvent.Registered), "host/registered/1")]
[JsonDerivedType(typeof(HostEvent.HostKeyTrusted), "host/host-key-trusted/1")]
[JsonDerivedType(typeof(HostEvent.Investigated), "host/investigated/1")]
[JsonDerivedType(typeof(HostEvent.Adopted), "host/adopted/1")]
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
[JsonDerivedType(typeof(HostEvent.CredentialsChanged), "host/credentials-changed/1")]
[JsonDerivedType(typeof(HostEvent.KeyRotationStarted), "host/key-rotation-started/1")]
[JsonDerivedType(typeof(HostEvent.KeyReplaced), "host/key-replaced/1")]
[JsonDerivedType(typeof(HostEvent.OldKeysRemoved), "host/old-keys-removed/1")]
[JsonDerivedType(typeof(HostEvent.CredentialsRead), "host/credentials-read/1")]
[JsonDerivedType(typeof(HostEvent.Released), "host/released/1")]
[JsonDerivedType(typeof(HostEvent.Deleted), "host/deleted/1")]
[JsonDerivedType(typeof(HostEvent.TurnBegan), "host/turn-began/1")]
[JsonDerivedType(typeof(HostEvent.TurnStepStarted), "host/turn-step-started/1")]
[JsonDerivedType(typeof(HostEvent.TurnStepFinished), "host/turn-step-finished/1")]
[JsonDerivedType(typeof(HostEvent.TurnStepFailed), "host/turn-step-failed/1")]
[JsonDerivedType(typeof(HostEvent.TurnRolledBack), "host/turn-rolled-back/1")]
[JsonDerivedType(typeof(HostEvent.ImagesFound), "host/images-found/1")]
[JsonDerivedType(typeof(HostEvent.TurnAlreadyRebooted), "host/turn-already-rebooted/1")]
[JsonDerivedType(typeof(HostEvent.TurnRebootNotNeeded), "host/turn-reboot-not-needed/1")]
[JsonDerivedType(typeof(HostEvent.TurnFoundCordon), "host/turn-found-cordon/1")]
[JsonDerivedType(typeof(HostEvent.TurnEnded), "host/turn-ended/1")]
[JsonDerivedType(typeof(HostEvent.TurnAcknowledged), "host/turn-acknowledged/1")]
[JsonDerivedType(typeof(HostEvent.NodeUnusable), "host/node-unusable/1")]
[JsonDerivedType(typeof(HostEvent.NodeUsable), "host/node-usable/1")]
public abstract record HostEvent(DateTimeOffset At)
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>The host was registered, with a keyed digest of the private key as it was sent. A null host key trusts the first.</summary>
    public sealed record Registered(
        int Port, string RemoteUser, string SecretId, string KeyDigest, HostKey? HostKey, ResourceName? Cluster, string Source,
            DateTimeOffset At)
        : HostEvent(At), ITraced
    {
        /// <summary>Whether to bootstrap the host or to adopt it; null for the policy of its cluster.</summary>
        public BootstrapPolicy? Bootstrap { get; init; }

        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>An operator accepted a host key, or (with a null user) the first contact recorded it.</summary>
    public sealed record HostKeyTrusted(HostKey Key, string? By, DateTimeOffset At) : HostEvent(At);

    /// <summary>The facts of the host were found.</summary>
    public sealed record Investigated(HostFacts Facts, DateTimeOffset At) : HostEvent(At);

    /// <summary>A login with another key, user or port succeeded, and these are used from now on.</summary>
    public sealed record CredentialsChanged(int Port, string RemoteUser, string SecretId, string KeyDigest, string By, DateTimeOffset At)
        : HostEvent(At);

    /// <summary>A public key (base64) is about to be installed on the host. Until it is used, it is to be removed again.</summary>
    public sealed record KeyRotationStarted(string PublicKey, string By, DateTimeOffset At) : HostEvent(At);

    /// <summary>A login with another key succeeded, and it is used from now on. The public keys are base64.</summary>
    public sealed record KeyReplaced(
        string SecretId, string KeyDigest, string PublicKey, string OldPublicKey, string By, DateTimeOffset At) : HostEvent(At);

    /// <summary>Public keys (base64) are no longer on the host.</summary>
    public sealed record OldKeysRemoved(ImmutableArray<string> Keys, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host was adopted as it is, without a bootstrap.</summary>
    public sealed record Adopted(Adoption Adoption, DateTimeOffset At) : HostEvent(At);

    /// <summary>The steps of the bootstrap were planned.</summary>
    public sealed record BootstrapPlanned(NetworkDefinition Network, ImmutableArray<string> Steps, DateTimeOffset At) : HostEvent(At);

    /// <summary>A bootstrap step is about to run, and may change the host.</summary>
    public sealed record BootstrapStepStarted(string Step, DateTimeOffset At) : HostEvent(At);

    /// <summary>A bootstrap step is done.</summary>
    public sealed record BootstrapStepFinished(string Step, string Output, DateTimeOffset At) : HostEvent(At);

    /// <summary>All bootstrap steps are done.</summary>
    public sealed record Bootstrapped(DateTimeOffset At) : HostEvent(At);

    /// <summary>The host failed: it cannot be reached, it offered another host key, or a step on it failed.</summary>
    public sealed record Failed(string Reason, string Output, HostKey? Offered, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host is no longer failed.</summary>
    public sealed record Recovered(DateTimeOffset At) : HostEvent(At);

    /// <summary>The host was found in another boot.</summary>
    public sealed record Rebooted(string BootId, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host became a member of a cluster.</summary>
    public sealed record JoinedCluster(ResourceName Cluster, DateTimeOffset At) : HostEvent(At);

    /// <summary>The cluster listed the host, and sent its settings.</summary>
    public sealed record MembershipConfirmed(ResourceName Cluster, ClusterSettings Settings, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host is no longer a member: it was removed, or the cluster was deleted.</summary>
    public sealed record LeftCluster(ResourceName Cluster, bool ClusterDeleted, DateTimeOffset At) : HostEvent(At)
    {
        /// <summary>What the operator wants for the node; null for what suits the host.</summary>
        public NodeDisposal? Nodes { get; init; }
    }

    /// <summary>The cluster that the host left no longer lists it.</summary>
    public sealed record DepartureConfirmed(ResourceName Cluster, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host is about to request its node from a container manager.</summary>
    public sealed record NodeRegistrationStarted(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>The container manager has the node.</summary>
    public sealed record NodeRegistered(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host is about to request the removal of its node.</summary>
    public sealed record NodeRemovalStarted(ResourceName Manager, DateTimeOffset At) : HostEvent(At)
    {
        /// <summary>Whether the node of an adopted host is released, and stays, instead of being removed.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Release { get; init; }
    }

    /// <summary>The container manager no longer has the node.</summary>
    public sealed record NodeRemoved(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>The container manager could not add or remove the node; the request is repeated.</summary>
    public sealed record NodeProblem(ResourceName Manager, string Problem, DateTimeOffset At) : HostEvent(At);

    /// <summary>The node cannot carry work: it is not ready, or cordoned.</summary>
    public sealed record NodeUnusable(ResourceName Manager, string Reason, DateTimeOffset At) : HostEvent(At);

    /// <summary>The node can carry work again.</summary>
    public sealed record NodeUsable(ResourceName Manager, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host's turn in a run began.</summary>
    public sealed record TurnBegan(RunId Run, int Attempt, TurnPlan Plan, ImmutableArray<string> Steps, DateTimeOffset At)
        : HostEvent(At), ITraced
    {
        /// <summary>The digest that the host has to boot; null if it may stage the newest.</summary>
        public string? Digest { get; init; }

        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>A step of the turn is about to run, and may change the host. For a reboot, with the boot ID before it.</summary>
    public sealed record TurnStepStarted(string Step, string? BootId, DateTimeOffset At) : HostEvent(At);

    /// <summary>A step of the turn is done.</summary>
    public sealed record TurnStepFinished(string Step, string Output, DateTimeOffset At) : HostEvent(At)
    {
        /// <summary>What the step changed, such as the number of packages; null if its output does not tell.</summary>
        public string? Summary { get; init; }
    }

    /// <summary>A step of the turn failed.</summary>
    public sealed record TurnStepFailed(string Step, string Reason, string Output, DateTimeOffset At) : HostEvent(At)
    {
        /// <summary>Whether the host is known to be as it was before the turn, although a step began that may change it.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Unchanged { get; init; }
    }

    /// <summary>A host that failed its turn runs the image again that it had before.</summary>
    public sealed record TurnRolledBack(ImageVersion Image, DateTimeOffset At) : HostEvent(At);

    /// <summary>The images of a host in image mode were read again, and are others than before.</summary>
    public sealed record ImagesFound(HostImages Images, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host rebooted since an earlier turn in the run told it to. It is not rebooted again.</summary>
    public sealed record TurnAlreadyRebooted(DateTimeOffset At) : HostEvent(At);

    /// <summary>The change took effect without a reboot, or the host cannot tell whether it did.</summary>
    public sealed record TurnRebootNotNeeded(DateTimeOffset At) : HostEvent(At)
    {
        /// <summary>Why the host cannot tell; null if it needs no reboot.</summary>
        public string? Unknown { get; init; }

        internal string Text =>
            Unknown is null ? "no reboot is needed" : $"not rebooted: the host cannot tell whether it needs a reboot ({Unknown})";
    }

    /// <summary>The node was already cordoned, not by the run, and stays cordoned.</summary>
    public sealed record TurnFoundCordon(DateTimeOffset At) : HostEvent(At);

    /// <summary>The turn ended, as in <see cref="TurnEnd"/>.</summary>
    public sealed record TurnEnded(TurnOutcome Outcome, string Step, string Reason, string Output, bool LeftCordoned, DateTimeOffset At)
        : HostEvent(At);

    /// <summary>The run acknowledged the end of the turn.</summary>
    public sealed record TurnAcknowledged(RunId Run, int Attempt, DateTimeOffset At) : HostEvent(At);

    /// <summary>A user read the private key.</summary>
    public sealed record CredentialsRead(string By, DateTimeOffset At) : HostEvent(At);

    /// <summary>An operator ended the charge of the host, and these files were restored or removed.</summary>
    public sealed record Released(ImmutableArray<string> Files, string By, DateTimeOffset At) : HostEvent(At);

    /// <summary>The host was deleted.</summary>
    public sealed record Deleted(DateTimeOffset At) : HostEvent(At);
}
