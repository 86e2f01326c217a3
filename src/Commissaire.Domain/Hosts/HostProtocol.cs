using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>A message for one host: all that routing needs.</summary>
public interface IForHost
{
    /// <summary>The host it is for.</summary>
    HostAddress Host { get; }
}

/// <summary>Everything a host can be told to do.</summary>
[JsonDerivedType(typeof(HostCommand.Register), "host/command/register/1")]
[JsonDerivedType(typeof(HostCommand.Delete), "host/command/delete/1")]
[JsonDerivedType(typeof(HostCommand.Join), "host/command/join/1")]
[JsonDerivedType(typeof(HostCommand.Leave), "host/command/leave/1")]
[JsonDerivedType(typeof(HostCommand.ReadCredentials), "host/command/read-credentials/1")]
[JsonDerivedType(typeof(HostCommand.AcceptHostKey), "host/command/accept-host-key/1")]
[JsonDerivedType(typeof(HostCommand.Wake), "host/command/wake/1")]
[JsonDerivedType(typeof(HostCommand.ConfirmMembership), "host/command/confirm-membership/1")]
[JsonDerivedType(typeof(HostCommand.ClusterDeleted), "host/command/cluster-deleted/1")]
[JsonDerivedType(typeof(HostCommand.ConfirmDeparture), "host/command/confirm-departure/1")]
[JsonDerivedType(typeof(HostCommand.UseNetwork), "host/command/use-network/1")]
[JsonDerivedType(typeof(HostCommand.NodeReported), "host/command/node-reported/1")]
[JsonDerivedType(typeof(HostCommand.BeginTurn), "host/command/begin-turn/1")]
[JsonDerivedType(typeof(HostCommand.TurnAcknowledged), "host/command/turn-acknowledged/1")]
[JsonDerivedType(typeof(HostCommand.NodeStepReported), "host/command/node-step-reported/1")]
[JsonDerivedType(typeof(HostCommand.ReadinessReported), "host/command/readiness-reported/1")]
[JsonDerivedType(typeof(HostCommand.UseKubeadm), "host/command/use-kubeadm/1")]
[JsonDerivedType(typeof(HostCommand.JoinPrepared), "host/command/join-prepared/1")]
public abstract record HostCommand(HostAddress Host) : IForHost
{
    /// <summary>Take charge of this host. Repeating it with the same key changes nothing.</summary>
    /// <param name="Host">Where it is.</param>
    /// <param name="Port">The port its sshd listens on.</param>
    /// <param name="RemoteUser">The user to log in as: root, or one who may <c>sudo -n</c>.</param>
    /// <param name="Credential">The private key that was offered.</param>
    /// <param name="HostKey">The key the host will prove itself with; null to record the one it shows first.</param>
    /// <param name="Cluster">The cluster to join; null for none.</param>
    /// <param name="Source">A free label of where the record came from.</param>
    public sealed record Register(
        HostAddress Host, int Port, string RemoteUser, OfferedCredential Credential, HostKey? HostKey, ResourceName? Cluster, string Source)
        : HostCommand(Host), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>Forget this host: its registration, its membership and its node.</summary>
    public sealed record Delete(HostAddress Host) : HostCommand(Host);

    /// <summary>Become a member of a cluster.</summary>
    public sealed record Join(HostAddress Host, ResourceName Cluster) : HostCommand(Host);

    /// <summary>Stop being a member of a cluster.</summary>
    public sealed record Leave(HostAddress Host, ResourceName Cluster) : HostCommand(Host);

    /// <summary>Hand out the credentials; each reading is recorded.</summary>
    public sealed record ReadCredentials(HostAddress Host, string By) : HostCommand(Host);

    /// <summary>Trust the key the host showed instead of the one on record, and investigate it anew.</summary>
    public sealed record AcceptHostKey(HostAddress Host, string Fingerprint, string By) : HostCommand(Host);

    /// <summary>Nothing but being there: brings the host's actor to life, which then takes up whatever is outstanding.</summary>
    public sealed record Wake(HostAddress Host) : HostCommand(Host);

    /// <summary>From a cluster: you are listed as my member, and this is my container manager.</summary>
    public sealed record ConfirmMembership(HostAddress Host, ResourceName Cluster, ResourceName? Manager) : HostCommand(Host);

    /// <summary>From a cluster: I am gone, or never was; you are not my member.</summary>
    public sealed record ClusterDeleted(HostAddress Host, ResourceName Cluster) : HostCommand(Host);

    /// <summary>From a cluster: you are no longer listed.</summary>
    public sealed record ConfirmDeparture(HostAddress Host, ResourceName Cluster) : HostCommand(Host);

    /// <summary>From a network: this is the definition to bootstrap with.</summary>
    public sealed record UseNetwork(HostAddress Host, NetworkDefinition Network) : HostCommand(Host);

    /// <summary>From a container manager: become a node of mine by <c>kubeadm join</c>. Repeating it changes nothing.</summary>
    public sealed record UseKubeadm(HostAddress Host, ResourceName Manager) : HostCommand(Host);

    /// <summary>From a container manager: this is what you join with.</summary>
    /// <param name="Host">The host.</param>
    /// <param name="Manager">Who says so.</param>
    /// <param name="SecretId">Where the secret store holds the configuration to join with; null when there is none.</param>
    /// <param name="Problem">Why there is none; null when there is one.</param>
    public sealed record JoinPrepared(HostAddress Host, ResourceName Manager, string? SecretId, string? Problem) : HostCommand(Host);

    /// <summary>From a container manager: what became of adding or removing the node.</summary>
    /// <param name="Host">The host.</param>
    /// <param name="Manager">Who reports.</param>
    /// <param name="Registered">True when adding was asked for, false when removing was.</param>
    /// <param name="Problem">Why it could not be done; null when it is done.</param>
    public sealed record NodeReported(HostAddress Host, ResourceName Manager, bool Registered, string? Problem) : HostCommand(Host);

    /// <summary>From a container manager: whether your node can carry work.</summary>
    /// <param name="Host">The host.</param>
    /// <param name="Manager">Who reports.</param>
    /// <param name="Usable">Whether it can.</param>
    /// <param name="Reason">Why it cannot; empty when it can.</param>
    public sealed record ReadinessReported(HostAddress Host, ResourceName Manager, bool Usable, string Reason) : HostCommand(Host);

    /// <summary>From a run: it is your turn. Repeating it changes nothing.</summary>
    /// <param name="Host">The host.</param>
    /// <param name="Run">The run.</param>
    /// <param name="Attempt">Which turn of this host in the run it is, counted from 1.</param>
    /// <param name="Plan">What to do.</param>
    public sealed record BeginTurn(HostAddress Host, RunId Run, int Attempt, TurnPlan Plan) : HostCommand(Host), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>From a run: I know how your turn ended.</summary>
    public sealed record TurnAcknowledged(HostAddress Host, RunId Run, int Attempt) : HostCommand(Host);

    /// <summary>From a container manager: how far a step of a turn is.</summary>
    /// <param name="Host">The host.</param>
    /// <param name="Manager">Who reports; null when the host itself does, for a manager that does not.</param>
    /// <param name="Run">The run whose turn it is.</param>
    /// <param name="Step">The step.</param>
    /// <param name="Done">Whether it is done.</param>
    /// <param name="CordonedByOthers">Whether the node turned out to be cordoned by somebody else.</param>
    /// <param name="Detail">What stands against it while it is not done, or what was found.</param>
    public sealed record NodeStepReported(HostAddress Host, ResourceName? Manager, RunId Run, string Step, bool Done, bool CordonedByOthers, string Detail)
        : HostCommand(Host);

    /// <summary>From a host's own work: how an attempt at a step of its turn went.</summary>
    public sealed record RecordTurnStep(HostAddress Host, RunId Run, string Step, ShellOutcome Outcome) : HostCommand(Host);

    /// <summary>From a host's own work: how investigating it went.</summary>
    public sealed record RecordInvestigation(HostAddress Host, ShellOutcome Outcome) : HostCommand(Host);

    /// <summary>From a host's own work: the steps that its network and operating system call for.</summary>
    public sealed record PlanBootstrap(HostAddress Host, NetworkDefinition Network, ImmutableArray<string> Steps) : HostCommand(Host);

    /// <summary>From a host's own work: the steps by which it becomes a node of a container manager.</summary>
    public sealed record PlanJoin(HostAddress Host, ResourceName Manager, ImmutableArray<string> Steps) : HostCommand(Host);

    /// <summary>From a host's own work: how a bootstrap step went.</summary>
    public sealed record RecordStep(HostAddress Host, string Step, ShellOutcome Outcome) : HostCommand(Host);

    /// <summary>From a host's own work: how a health check went.</summary>
    /// <param name="Host">The host.</param>
    /// <param name="Outcome">What the check's command did.</param>
    /// <param name="InARow">How many checks before this one, without a success between, found the host unreachable.</param>
    public sealed record RecordCheck(HostAddress Host, ShellOutcome Outcome, int InARow) : HostCommand(Host);
}

/// <summary>A private key as it was offered at registration. The key itself is in the secret store, never in a message.</summary>
/// <param name="SecretId">Where the secret store holds it; null when it was not stored because it is unusable.</param>
/// <param name="Digests">
/// Keyed digests of the text that was sent, one for each key of the secret store: they tell whether two texts are the same and nothing else.
/// The first is the one to record.
/// </param>
/// <param name="Problem">Why the key cannot be used; null when it can.</param>
public sealed record OfferedCredential(string? SecretId, ImmutableArray<string> Digests, string? Problem);

/// <summary>Everything a host can be asked.</summary>
[JsonDerivedType(typeof(HostQuery.Describe), "host/query/describe/1")]
public abstract record HostQuery(HostAddress Host) : IForHost
{
    /// <summary>How are you?</summary>
    public sealed record Describe(HostAddress Host) : HostQuery(Host);
}

/// <summary>What a host answers.</summary>
[JsonDerivedType(typeof(HostReply.Registered), "host/reply/registered/1")]
[JsonDerivedType(typeof(HostReply.Described), "host/reply/described/1")]
[JsonDerivedType(typeof(HostReply.Forgotten), "host/reply/forgotten/1")]
[JsonDerivedType(typeof(HostReply.Credentials), "host/reply/credentials/1")]
[JsonDerivedType(typeof(HostReply.Refused), "host/reply/refused/1")]
public abstract record HostReply
{
    private HostReply() { }

    /// <summary>Commissaire took charge of the host just now.</summary>
    public sealed record Registered(HostView View) : HostReply;

    /// <summary>Done, or nothing needed doing; this is the host now.</summary>
    public sealed record Described(HostView View) : HostReply;

    /// <summary>Done; there is no host here any more.</summary>
    public sealed record Forgotten : HostReply;

    /// <summary>Where the credentials are.</summary>
    public sealed record Credentials(string SecretId, string RemoteUser) : HostReply;

    /// <summary>No; nothing changed.</summary>
    /// <param name="Why">Which rule stands against it.</param>
    /// <param name="Detail">What the rule is about: the other cluster's name, what is wrong with the key; null where nothing more is to be said.</param>
    public sealed record Refused(HostRefusal Why, string? Detail = null) : HostReply;
}

/// <summary>Why a host refuses.</summary>
public enum HostRefusal
{
    /// <summary>No host is registered at this address.</summary>
    NotRegistered,

    /// <summary>It is registered with another private key.</summary>
    RegisteredWithAnotherKey,

    /// <summary>The private key cannot be used.</summary>
    UnusableKey,

    /// <summary>It is a member of another cluster, or of none although one was named.</summary>
    InAnotherCluster,

    /// <summary>Only hosts that are active or disassociated can join a cluster.</summary>
    NotReadyToJoin,

    /// <summary>The fingerprint is not that of the key the host shows.</summary>
    NotTheOfferedKey,
}
