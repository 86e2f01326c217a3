using System.Text.Json.Serialization;
using Commissaire.Clusters;
using Commissaire.Networks;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>A message to one host.</summary>
public interface IForHost
{
    /// <summary>The host that receives the message.</summary>
    HostAddress Host { get; }
}

/// <summary>A command to a host.</summary>
[JsonDerivedType(typeof(HostCommand.Register), "host/command/register/1")]
[JsonDerivedType(typeof(HostCommand.Delete), "host/command/delete/1")]
[JsonDerivedType(typeof(HostCommand.Release), "host/command/release/1")]
[JsonDerivedType(typeof(HostCommand.Join), "host/command/join/1")]
[JsonDerivedType(typeof(HostCommand.Leave), "host/command/leave/1")]
[JsonDerivedType(typeof(HostCommand.ReadCredentials), "host/command/read-credentials/1")]
[JsonDerivedType(typeof(HostCommand.ChangeCredentials), "host/command/change-credentials/1")]
[JsonDerivedType(typeof(HostCommand.RotateKey), "host/command/rotate-key/1")]
[JsonDerivedType(typeof(HostCommand.AcceptHostKey), "host/command/accept-host-key/1")]
[JsonDerivedType(typeof(HostCommand.Wake), "host/command/wake/1")]
[JsonDerivedType(typeof(HostCommand.ConfirmMembership), "host/command/confirm-membership/1")]
[JsonDerivedType(typeof(HostCommand.ClusterDeleted), "host/command/cluster-deleted/1")]
[JsonDerivedType(typeof(HostCommand.ConfirmDeparture), "host/command/confirm-departure/1")]
[JsonDerivedType(typeof(HostCommand.NodeReported), "host/command/node-reported/1")]
[JsonDerivedType(typeof(HostCommand.NodeFound), "host/command/node-found/1")]
[JsonDerivedType(typeof(HostCommand.BeginTurn), "host/command/begin-turn/1")]
[JsonDerivedType(typeof(HostCommand.TurnAcknowledged), "host/command/turn-acknowledged/1")]
[JsonDerivedType(typeof(HostCommand.NodeStepReported), "host/command/node-step-reported/1")]
[JsonDerivedType(typeof(HostCommand.ReadinessReported), "host/command/readiness-reported/1")]
[JsonDerivedType(typeof(HostCommand.JoinPrepared), "host/command/join-prepared/1")]
public abstract record HostCommand(HostAddress Host) : IForHost
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Register the host. A null host key trusts the first one. Repeating it with the same private key changes nothing.</summary>
    public sealed record Register(
        HostAddress Host, int Port, string RemoteUser, OfferedCredential Credential, HostKey? HostKey, ResourceName? Cluster, string Source)
        : HostCommand(Host), ITraced
    {
        /// <summary>Whether the client named no port. A registered host keeps its own.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool IsDefaultPort { get; init; }

        /// <summary>Whether the client named no user. A registered host keeps its own.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool IsDefaultUser { get; init; }

        /// <summary>Whether to bootstrap the host or to adopt it; null for the policy of its cluster.</summary>
        public BootstrapPolicy? Bootstrap { get; init; }

        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>Delete the host: its registration, its membership and its node.</summary>
    public sealed record Delete(HostAddress Host) : HostCommand(Host)
    {
        /// <summary>What to do with its node; null for what suits the host.</summary>
        public NodeDisposal? Nodes { get; init; }
    }

    /// <summary>Delete the host, keep its node, and on request put back the files that were there before its bootstrap.</summary>
    public sealed record Release(HostAddress Host, bool Restore, string By) : HostCommand(Host);

    /// <summary>From the host's actor: the outcome of putting the files back. Sent within one process only.</summary>
    public sealed record FilesRestored(HostAddress Host, Release Request, ShellOutcome Outcome) : HostCommand(Host);

    /// <summary>Become a member of a cluster.</summary>
    public sealed record Join(HostAddress Host, ResourceName Cluster) : HostCommand(Host);

    /// <summary>Leave a cluster.</summary>
    public sealed record Leave(HostAddress Host, ResourceName Cluster) : HostCommand(Host)
    {
        /// <summary>What to do with its node; null for what suits the host.</summary>
        public NodeDisposal? Nodes { get; init; }
    }

    /// <summary>Return the credentials; each read is recorded.</summary>
    public sealed record ReadCredentials(HostAddress Host, string By) : HostCommand(Host);

    /// <summary>Log in with another key, user or port from now on, if that works. Null keeps what there is.</summary>
    public sealed record ChangeCredentials(HostAddress Host, int? Port, string? RemoteUser, OfferedCredential? Credential, string By)
        : HostCommand(Host);

    /// <summary>From the host's actor: the outcome of a login with changed credentials. Sent within one process only.</summary>
    public sealed record CredentialsTried(
        HostAddress Host, ChangeCredentials Change, HostRegistration Registration, ShellOutcome Outcome) : HostCommand(Host);

    /// <summary>Log in with another key from now on, whose public half (type and base64) is installed first.</summary>
    public sealed record RotateKey(HostAddress Host, OfferedCredential Credential, string PublicKey, string By) : HostCommand(Host);

    /// <summary>
    /// From the host's actor: the outcome of installing a key beside the old one (base64), and of the login with it; null for what did not
    /// happen. Sent within one process only.
    /// </summary>
    public sealed record KeyRotated(
        HostAddress Host, RotateKey Request, string OldSecretId, string? OldKey, ShellOutcome? Install, ShellOutcome? Login)
            : HostCommand(Host);

    /// <summary>From the host's actor: the outcome of removing public keys. Sent within one process only.</summary>
    public sealed record KeysRemoved(HostAddress Host, ImmutableArray<string> Keys, ShellOutcome Outcome) : HostCommand(Host);

    /// <summary>Trust the host key that the host shows instead of the recorded one, and investigate the host again.</summary>
    public sealed record AcceptHostKey(HostAddress Host, string Fingerprint, string By) : HostCommand(Host);

    /// <summary>Start the host's actor if it is not running, and do the work that is due.</summary>
    public sealed record Wake(HostAddress Host) : HostCommand(Host);

    /// <summary>From a cluster: it lists the host, and these are its settings.</summary>
    public sealed record ConfirmMembership(HostAddress Host, ResourceName Cluster, ClusterSettings Settings) : HostCommand(Host);

    /// <summary>From a cluster: it was deleted, or never existed; the host is not its member.</summary>
    public sealed record ClusterDeleted(HostAddress Host, ResourceName Cluster) : HostCommand(Host)
    {
        /// <summary>What to do with its node; null for what suits the host.</summary>
        public NodeDisposal? Nodes { get; init; }
    }

    /// <summary>From a cluster: it no longer lists the host.</summary>
    public sealed record ConfirmDeparture(HostAddress Host, ResourceName Cluster) : HostCommand(Host);

    /// <summary>From a container manager: the ID of the configuration to join with in the secret store, or why there is none.</summary>
    public sealed record JoinPrepared(HostAddress Host, ResourceName Manager, string? SecretId, string? Problem) : HostCommand(Host);

    /// <summary>From a container manager: the name of the host's node, null for none; or why it could not be searched for.</summary>
    public sealed record NodeFound(HostAddress Host, ResourceName Manager, string? Node, string? Problem) : HostCommand(Host);

    /// <summary>From a container manager: the result of adding (registered) or removing the node; null for success.</summary>
    public sealed record NodeReported(HostAddress Host, ResourceName Manager, bool Registered, string? Problem) : HostCommand(Host)
    {
        /// <summary>Whether the manager has no node for the host because the host has not joined with kubeadm.</summary>
        public bool NotJoined { get; init; }
    }

    /// <summary>From a container manager: whether the node can carry work, and if not, why.</summary>
    public sealed record ReadinessReported(HostAddress Host, ResourceName Manager, bool Usable, string Reason) : HostCommand(Host);

    /// <summary>From a run: begin an attempt of the host, counted from 1. Repeating the message changes nothing.</summary>
    public sealed record BeginTurn(HostAddress Host, RunId Run, int Attempt, TurnPlan Plan) : HostCommand(Host), ITraced
    {
        /// <summary>Whether to stage the image only.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Stages { get; init; }

        /// <summary>The digest or commit that the host has to boot; null if the host may stage the newest.</summary>
        public string? Digest { get; init; }

        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>From a run: acknowledge the end of the turn.</summary>
    public sealed record TurnAcknowledged(HostAddress Host, RunId Run, int Attempt) : HostCommand(Host);

    /// <summary>From a container manager: whether a step of the turn is done, with the reason if it waits.</summary>
    public sealed record NodeStepReported(
        HostAddress Host, ResourceName Manager, RunId Run, string Step, bool Done, bool CordonedByOthers, string Detail)
            : HostCommand(Host)
    {
        /// <summary>Why the step has failed, so that waiting for it is useless; null otherwise.</summary>
        public string? Failure { get; init; }
    }

    /// <summary>From the network of a host without a cluster: bootstrap for it. Sent within one process only.</summary>
    public sealed record PlanBootstrap(HostAddress Host, NetworkDefinition Network) : HostCommand(Host);

    /// <summary>From the host's actor: a command ended. Sent within one process only.</summary>
    public sealed record CommandCompleted(HostAddress Host, HostTask Task, ShellOutcome Outcome) : HostCommand(Host);
}

/// <summary>
/// A private key as it was sent, encrypted for the secret store, where the host puts it if it accepts it; null for an unusable key. The
/// digests, one for each key of the secret store, only show whether two texts are equal. The first is recorded.
/// </summary>
public sealed record OfferedCredential(EncryptedSecret? Secret, ImmutableArray<string> Digests, string? Problem);
