using System.Collections.Immutable;
using Commissaire.Bootstrap;
using Commissaire.Networks;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>
/// All that is true of one host, and every judgement about it: <see cref="Decide"/> says what a command makes true, <see cref="Evolve"/> what
/// the host is after an event, <see cref="Outstanding"/> and <see cref="Due"/> what must be going on for that to hold. Knows no clock, no network and no log.
/// </summary>
/// <param name="Address">Which host.</param>
public sealed partial record HostState(HostAddress Address)
{
    /// <summary>How it was registered; null when it is not.</summary>
    public HostRegistration? Registration { get; private init; }

    /// <summary>The key it must prove itself with; null before first contact.</summary>
    public HostKey? HostKey { get; private init; }

    /// <summary>What is known of it.</summary>
    public HostFacts? Facts { get; private init; }

    /// <summary>How far its bootstrap is; null before it is planned.</summary>
    public BootstrapProgress? Bootstrap { get; private init; }

    /// <summary>What is wrong with it; null when nothing is.</summary>
    public HostFailure? Failure { get; private init; }

    /// <summary>How often it has failed, ever. What others know of it can be told from what they knew before by that, whatever the clocks.</summary>
    public int Failures { get; private init; }

    /// <summary>The cluster it is in; null for none.</summary>
    public Membership? Membership { get; private init; }

    /// <summary>Clusters it left that still list it.</summary>
    public ImmutableArray<ResourceName> Departing { get; private init; } = [];

    /// <summary>Its node; null when it has none.</summary>
    public NodeRegistration? Node { get; private init; }

    /// <summary>The trace its bootstrap belongs to; null when that is over or has failed: what is tried again for days is no part of the request.</summary>
    public string? Trace { get; private init; }

    /// <summary>Since when its status is what it is.</summary>
    public DateTimeOffset Since { get; private init; }

    /// <summary>When it was last spoken to. Not an event: after a restart it is the time of the last event until the next check.</summary>
    public DateTimeOffset LastCheck { get; private init; }

    /// <summary>Where it stands.</summary>
    public HostStatus Status => this switch
    {
        { Failure: not null } => HostStatus.Failed,
        { NeedsInvestigation: true } => HostStatus.Investigating,
        { Bootstrap: not { Complete: true } } => HostStatus.Bootstrapping,
        { Node: { Phase: NodePhase.Registered, Unusable: null } node } when node.Manager == Membership?.Manager => HostStatus.Active,
        _ => HostStatus.Disassociated,
    };

    /// <summary>Whether nothing is left to do: neither a registration nor the traces of a former one.</summary>
    public bool Idle => Registration is null && Node is null && Departing.IsEmpty;

    /// <summary>Whether its bootstrap can be planned as soon as its network is known.</summary>
    public bool AwaitsNetwork => Registration is not null && !NeedsInvestigation && Bootstrap is null;

    /// <summary>
    /// Whether it is to join a container manager with kubeadm: it was not bootstrapped yet, or otherwise, before it came into the cluster.
    /// </summary>
    public bool AwaitsJoin(ResourceName manager) =>
        Registration is not null && !NeedsInvestigation && Membership is { } m && (m.Manager is null || m.Manager == manager)
        && (Bootstrap is null || (Bootstrap.Complete && !Joins(Bootstrap) && Turn is null or { End: not null } && Node?.Manager == manager));

    private static bool Joins(BootstrapProgress bootstrap) => bootstrap.Steps.Contains(KubeadmSteps.Join);

    private bool NeedsInvestigation => Facts is null || OsDialect.Of(Facts.Os) is null;

    /// <summary>What keeps the step it is in; empty when nothing was said of it. Not an event: it is said again.</summary>
    public string Progress { get; private init; } = "";

    /// <summary>The same host, of whose step something was said.</summary>
    public HostState Hears(HostCommand.NodeStepReported said) =>
        TurnStep == said.Step && Turn!.Run == said.Run ? this with { Progress = said.Done ? "" : said.Detail } : this;

    /// <summary>The same host, spoken to just now.</summary>
    public HostState Seen(DateTimeOffset now) => this with { LastCheck = now };

    /// <summary>What must be going on right now.</summary>
    public IEnumerable<HostEffect> Outstanding()
    {
        foreach (var cluster in Departing)
        {
            yield return new HostEffect.Depart(cluster);
        }

        if (Node is { Problem: null } && NodeEffect is { } node)
        {
            yield return node;
        }

        if (Registration is not null && Membership is { } membership)
        {
            yield return new HostEffect.Report(membership.Cluster, membership.Manager, membership.Confirmed, Status, Reason, Failures);
        }

        if (Turn is { } turn)
        {
            yield return new HostEffect.ReportTurn(turn.Run, turn.Attempt, turn.Report() with { Detail = Progress.Length > 0 ? Progress : null });
        }

        if (TurnStep is { } step)
        {
            yield return new HostEffect.TakeStep(Turn!.Run, step);
        }
        else if (Registration is not null && Failure is null && Position is not HostEffect.Check)
        {
            yield return Position;
        }
    }

    /// <summary>
    /// What is to be done again at each health check: the check itself once the host is ready, or whatever failed before it was, so that a host
    /// that can go on does.
    /// </summary>
    public IEnumerable<HostEffect> Due()
    {
        if (Node?.Problem is not null && NodeEffect is { } node)
        {
            yield return node;
        }

        if (Node is { Phase: NodePhase.Registered } registered && TurnStep is null)
        {
            yield return new HostEffect.WatchNode(registered.Manager);
        }

        if (Registration is not null && TurnStep is null)
        {
            yield return Failure?.Offered is null ? Position : new HostEffect.Check();
        }
    }

    /// <summary>What a message calls for once, beyond what the state calls for: telling a cluster that it lists a host that is not its own.</summary>
    public HostEffect? Reaction(HostCommand command) => command switch
    {
        HostCommand.ConfirmMembership c when Membership?.Cluster != c.Cluster => new HostEffect.Depart(c.Cluster),
        HostCommand.ClusterDeleted c => new HostEffect.Depart(c.Cluster),
        HostCommand.BeginTurn c when Membership?.Cluster != c.Run.Cluster => new HostEffect.Depart(c.Run.Cluster),
        HostCommand.BeginTurn c when Turn is { } turn && turn.Run == c.Run => new HostEffect.ReportTurn(c.Run, turn.Attempt, turn.Report()),
        _ => null,
    };

    private HostEffect Position => this switch
    {
        { NeedsInvestigation: true } => new HostEffect.Investigate(),
        { Bootstrap: null } => new HostEffect.FindNetwork(Membership?.Cluster),
        { Bootstrap.Started: { } step } => new HostEffect.RunStep(step),
        _ => new HostEffect.Check(),
    };

    private HostEffect? NodeEffect => Node switch
    {
        // A host that is to join has no node before it has.
        { Phase: NodePhase.Registering } when Bootstrap is { Complete: false } => null,
        { Phase: NodePhase.Registering } node => new HostEffect.RegisterNode(node.Manager),
        { Phase: NodePhase.Removing } node => new HostEffect.RemoveNode(node.Manager),
        _ => null,
    };
}

/// <summary>How a host was registered.</summary>
/// <param name="Port">The port of its sshd.</param>
/// <param name="RemoteUser">The user to log in as.</param>
/// <param name="SecretId">Where the secret store holds the private key.</param>
/// <param name="KeyDigest">A keyed digest of the private key as it was sent.</param>
/// <param name="Source">A free label.</param>
public sealed record HostRegistration(int Port, string RemoteUser, string SecretId, string KeyDigest, string Source);

/// <summary>How far a bootstrap is.</summary>
/// <param name="Network">The network it sets up.</param>
/// <param name="Steps">Its steps, in order.</param>
/// <param name="Done">How many of them are done.</param>
/// <param name="Started">The step that was begun and not finished; null when none was.</param>
/// <param name="Complete">Whether all are done, and this was written down.</param>
public sealed record BootstrapProgress(NetworkDefinition Network, ImmutableArray<string> Steps, int Done = 0, string? Started = null, bool Complete = false);

/// <summary>What is wrong with a host.</summary>
/// <param name="Reason">Why, for people.</param>
/// <param name="Offered">The key it showed instead of the trusted one; null when that is not the matter.</param>
public sealed record HostFailure(string Reason, HostKey? Offered);

/// <summary>Being in a cluster. The host says yes first, the cluster then lists it and says which container manager it uses.</summary>
/// <param name="Cluster">Which cluster.</param>
/// <param name="Manager">Its container manager; null for none, or when the cluster has not answered yet.</param>
/// <param name="Confirmed">Whether the cluster has listed it.</param>
public sealed record Membership(ResourceName Cluster, ResourceName? Manager = null, bool Confirmed = false);

/// <summary>A host's node in a container manager.</summary>
/// <param name="Manager">Which manager.</param>
/// <param name="Phase">How far adding or removing it is.</param>
/// <param name="Problem">Why that is not done yet; null when nothing stands against it.</param>
/// <param name="Unusable">Why the node cannot carry work; null when it can, or nobody has said.</param>
public sealed record NodeRegistration(ResourceName Manager, NodePhase Phase, string? Problem = null, string? Unusable = null);

/// <summary>How far a node is.</summary>
public enum NodePhase
{
    /// <summary>The manager is asked to add it.</summary>
    Registering,

    /// <summary>The manager has it.</summary>
    Registered,

    /// <summary>The manager is asked to remove it.</summary>
    Removing,
}
