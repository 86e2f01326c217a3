using System.Diagnostics;
using System.Globalization;
using Commissaire.Clusters;
using static Commissaire.ContainerManagers.ContainerManagerCommand;

namespace Commissaire.ContainerManagers;

/// <summary>The run that cordoned a node, and when.</summary>
public sealed record Cordon(RunId Run, DateTimeOffset At);

/// <summary>The state of one container manager and every decision about it.</summary>
public sealed record ContainerManagerState(ResourceName Name)
{
    /// <summary>The container manager; null when it does not exist.</summary>
    public ContainerManagerView? Definition { get; private init; }

    /// <summary>Its secret options.</summary>
    public ImmutableArray<KeptSecret> Secrets { get; private init; } = [];

    /// <summary>The nodes of a trivial container manager.</summary>
    public ImmutableHashSet<HostAddress> Nodes { get; private init; } = [];

    /// <summary>The cordoned nodes of a trivial container manager.</summary>
    public ImmutableDictionary<HostAddress, Cordon> Cordons { get; private init; } = ImmutableDictionary<HostAddress, Cordon>.Empty;

    /// <summary>Whether a command would be accepted with its secrets, which must be stored first.</summary>
    public bool Accepts(Put c) => Definition is null || Renews(c);

    /// <summary>Returns the events and the reply of a command. <see cref="Answer"/> returns the reply to hosts.</summary>
    public Decision<ContainerManagerEvent, ContainerManagerReply> Decide(
        ContainerManagerCommand command, DateTimeOffset now) => command switch
        {
            Put c when Definition is null => new(
                [new ContainerManagerEvent.Created(c.Type, c.Options, Kept(c), now)],
                new ContainerManagerReply.Created(new ContainerManagerView(Name, c.Type, c.Options))),
            Put c when Renews(c) =>
                new([new ContainerManagerEvent.CredentialsRenewed(Kept(c), now)], new ContainerManagerReply.Renewed(Definition!)),
            Put c => new([], IsSame(c) ? new ContainerManagerReply.Described(Definition!) : new ContainerManagerReply.Different()),
            Delete => new(Definition is null ? [] : [new ContainerManagerEvent.Deleted(now)], new ContainerManagerReply.NotFound()),
            Describe => new([], Definition is { } definition
                ? new ContainerManagerReply.Described(definition)
                : new ContainerManagerReply.NotFound()),
            DescribeNode c =>
                new([], new ContainerManagerReply.Node(Cordons.ContainsKey(c.Host) ? "cordoned" : Nodes.Contains(c.Host) ? "ok" : null)),
            PreviewNode c =>
                new([], new ContainerManagerReply.NodePreviewed(Nodes.Contains(c.Host) ? c.Host.Value : null, [], Problem)),
            GetReadiness or FindNode or PrepareJoin => new([], null),
            EnsureNode c => new(IsTrivial && !Nodes.Contains(c.Host) ? [new ContainerManagerEvent.NodeAdded(c.Host, now)] : [], null),
            RemoveNode c => new(IsTrivial && Nodes.Contains(c.Host) ? [new ContainerManagerEvent.NodeRemoved(c.Host, now)] : [], null),

            // A later run of a cluster takes over the cordon that an earlier run left.
            TakeNodeStep { Step: TurnSteps.Cordon } c => new(
                IsTrivial && Nodes.Contains(c.Host) && IsFree(Cordons.GetValueOrDefault(c.Host), c.Run)
                    ? [new ContainerManagerEvent.NodeCordoned(c.Host, c.Run, now)]
                    : [], null),
            TakeNodeStep { Step: TurnSteps.Uncordon } c => new(
                Cordons.GetValueOrDefault(c.Host)?.Run == c.Run
                    ? [new ContainerManagerEvent.NodeUncordoned(c.Host, c.Run, now)]
                    : [], null),
            TakeNodeStep => new([], null),
            _ => throw new UnreachableException($"A container manager does not know {command.GetType()}."),
        };

    /// <summary>Applies an event.</summary>
    public ContainerManagerState Evolve(ContainerManagerEvent @event) => @event switch
    {
        ContainerManagerEvent.Created e =>
            this with { Definition = new ContainerManagerView(Name, e.Type, e.Options), Secrets = e.Secrets, Nodes = [] },
        ContainerManagerEvent.CredentialsRenewed e => this with { Secrets = e.Secrets },
        ContainerManagerEvent.Deleted => new ContainerManagerState(Name),
        ContainerManagerEvent.NodeAdded e => this with { Nodes = Nodes.Add(e.Host) },
        ContainerManagerEvent.NodeRemoved e => this with { Nodes = Nodes.Remove(e.Host), Cordons = Cordons.Remove(e.Host) },
        ContainerManagerEvent.NodeCordoned e => this with { Cordons = Cordons.SetItem(e.Host, new Cordon(e.Run, e.At)) },
        ContainerManagerEvent.NodeUncordoned e => this with { Cordons = Cordons.Remove(e.Host) },
        _ => throw new UnreachableException($"Unknown event {@event.GetType()}."),
    };

    /// <summary>The message to the host once the events of its command are stored; null for commands of others.</summary>
    public HostCommand? Answer(ContainerManagerCommand command, DateTimeOffset now) => command switch
    {
        EnsureNode c => new HostCommand.NodeReported(c.Host, Name, Registered: true, Problem),
        FindNode c => new HostCommand.NodeFound(c.Host, Name, Nodes.Contains(c.Host) ? c.Host.Value : null, Problem),
        GetReadiness c when IsTrivial => Cordons.GetValueOrDefault(c.Host) is { } cordon
            ? new HostCommand.ReadinessReported(c.Host, Name, Usable: false, $"is cordoned by run {cordon.Run}")
            : new HostCommand.ReadinessReported(c.Host, Name, Usable: true, ""),

        // A deleted or never connected manager has no node of the host.
        RemoveNode c => new HostCommand.NodeReported(c.Host, Name, Registered: false, null),
        TakeNodeStep c => StepReport(c, now),
        PrepareJoin c => new HostCommand.JoinPrepared(c.Host, Name, null,
            Definition is null ? Problem : $"container manager '{Name}' does not let hosts join: set its option join"),
        _ => null,
    };

    // A trivial container manager has no pods to evict; its option drain_seconds makes a drain take time, to try one.
    private HostCommand.NodeStepReported StepReport(TakeNodeStep c, DateTimeOffset now)
    {
        HostCommand.NodeStepReported Report(bool done, string detail, bool byOthers = false) =>
            new(c.Host, Name, c.Run, c.Step, done, byOthers, detail);
        var cordon = Cordons.GetValueOrDefault(c.Host);
        return c.Step switch
        {
            TurnSteps.Uncordon when !Nodes.Contains(c.Host) => Report(true, "the node does not exist"),
            _ when Problem is { } problem => Report(false, problem),
            _ when !Nodes.Contains(c.Host) => Report(false, "the host has no node"),
            TurnSteps.Cordon when cordon!.Run != c.Run => Report(true, $"run {cordon.Run} already cordoned it", byOthers: true),
            TurnSteps.Drain when !c.Force && cordon is not null && now < cordon.At + DrainTime =>
                Report(false, $"draining takes {DrainTime.TotalSeconds:0.#} s (drain_seconds)"),
            _ => Report(true, ""),
        };
    }

    private TimeSpan DrainTime => TimeSpan.FromSeconds(
        double.TryParse(Definition?.Options.Text("drain_seconds"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
            && seconds is >= 0 and <= 86400 ? seconds : 0);

    /// <summary>Whether it has an API, rather than a list in its journal.</summary>
    public bool IsServer => Definition is { Type: not ContainerManagerType.Trivial };

    /// <summary>Whether hosts become its nodes by <c>kubeadm join</c>.</summary>
    public bool JoinsByKubeadm => Definition?.Join == NodeJoin.Kubeadm;

    private static bool IsFree(Cordon? cordon, RunId run) => cordon is null || (cordon.Run != run && cordon.Run.Cluster == run.Cluster);

    private bool IsTrivial => Definition?.Type == ContainerManagerType.Trivial;

    private string? Problem => Definition switch
    {
        null => "the container manager does not exist",
        { Type: ContainerManagerType.Trivial } => null,
        _ => "its API must be asked",
    };

    private bool IsSame(Put c) =>
        HasSameOptions(c) && c.Secrets.All(offered => Secrets.Any(
            kept => kept.Option == offered.Option && offered.Digests.Contains(kept.Digest)));

    // An expired token can be replaced while clusters use the manager.
    private bool Renews(Put c) => IsServer && HasSameOptions(c) && !IsSame(c);

    private bool HasSameOptions(Put c) =>
        Definition == new ContainerManagerView(Name, c.Type, c.Options)
        && c.Secrets.Length == Secrets.Length
        && c.Secrets.All(offered => Secrets.Any(kept => kept.Option == offered.Option));

    private static ImmutableArray<KeptSecret> Kept(Put c) =>
        [.. c.Secrets.Select(s => new KeptSecret(s.Option, s.Secret.Id, s.Digests[0]))];
}
