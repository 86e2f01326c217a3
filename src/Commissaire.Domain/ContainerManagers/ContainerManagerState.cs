using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Commissaire.Clusters;
using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.ContainerManagers.ContainerManagerCommand;

namespace Commissaire.ContainerManagers;

/// <summary>Who cordoned a node, and when.</summary>
public sealed record Cordon(RunId Run, DateTimeOffset At);

/// <summary>All that is true of one container manager.</summary>
/// <param name="Name">Which container manager.</param>
public sealed record ContainerManagerState(ResourceName Name)
{
    /// <summary>The manager; null when there is none of this name.</summary>
    public ContainerManagerView? Definition { get; private init; }

    /// <summary>Where its secret options are.</summary>
    public ImmutableArray<KeptSecret> Secrets { get; private init; } = [];

    /// <summary>The nodes of the trivial kind.</summary>
    public ImmutableHashSet<HostAddress> Nodes { get; private init; } = [];

    /// <summary>The nodes of the trivial kind that are cordoned: by which run, and since when.</summary>
    public ImmutableDictionary<HostAddress, Cordon> Cordons { get; private init; } = ImmutableDictionary<HostAddress, Cordon>.Empty;

    /// <summary>What a command makes true, and the answer to those who ask; hosts are answered by <see cref="Answer"/>.</summary>
    /// <exception cref="UnreachableException">The command is none that a container manager takes.</exception>
    public Decision<ContainerManagerEvent, ContainerManagerReply> Decide(ContainerManagerCommand command, DateTimeOffset now) => command switch
    {
        Put c when Definition is null => new(
            [new ContainerManagerEvent.Created(c.Type, c.Options, Kept(c), now)],
            new ContainerManagerReply.Created(new ContainerManagerView(Name, c.Type, c.Options))),
        Put c when Renews(c) => new([new ContainerManagerEvent.CredentialsRenewed(Kept(c), now)], new ContainerManagerReply.Renewed(Definition!)),
        Put c => new([], Same(c) ? new ContainerManagerReply.Described(Definition!) : new ContainerManagerReply.Different()),
        Delete => new(Definition is null ? [] : [new ContainerManagerEvent.Deleted(now)], new ContainerManagerReply.NotFound()),
        Describe => new([], Definition is { } definition ? new ContainerManagerReply.Described(definition) : new ContainerManagerReply.NotFound()),
        DescribeNode c => new([], new ContainerManagerReply.Node(Cordons.ContainsKey(c.Host) ? "cordoned" : Nodes.Contains(c.Host) ? "ok" : null)),
        GetReadiness or PrepareJoin => new([], null),
        EnsureNode c => new(IsTrivial && !Nodes.Contains(c.Host) ? [new ContainerManagerEvent.NodeAdded(c.Host, now)] : [], null),
        RemoveNode c => new(IsTrivial && Nodes.Contains(c.Host) ? [new ContainerManagerEvent.NodeRemoved(c.Host, now)] : [], null),
        TakeNodeStep { Step: TurnSteps.Cordon } c => new(
            IsTrivial && Nodes.Contains(c.Host) && !Cordons.ContainsKey(c.Host) ? [new ContainerManagerEvent.NodeCordoned(c.Host, c.Run, now)] : [], null),
        TakeNodeStep { Step: TurnSteps.Uncordon } c => new(
            Cordons.GetValueOrDefault(c.Host)?.Run == c.Run ? [new ContainerManagerEvent.NodeUncordoned(c.Host, c.Run, now)] : [], null),
        TakeNodeStep => new([], null),
        _ => throw new UnreachableException($"A container manager does not know {command.GetType()}."),
    };

    /// <summary>What the container manager is after an event.</summary>
    /// <exception cref="UnreachableException">The event is none that a container manager writes.</exception>
    public ContainerManagerState Evolve(ContainerManagerEvent happened) => happened switch
    {
        ContainerManagerEvent.Created e => this with { Definition = new ContainerManagerView(Name, e.Type, e.Options), Secrets = e.Secrets, Nodes = [] },
        ContainerManagerEvent.CredentialsRenewed e => this with { Secrets = e.Secrets },
        ContainerManagerEvent.Deleted => new ContainerManagerState(Name),
        ContainerManagerEvent.NodeAdded e => this with { Nodes = Nodes.Add(e.Host) },
        ContainerManagerEvent.NodeRemoved e => this with { Nodes = Nodes.Remove(e.Host), Cordons = Cordons.Remove(e.Host) },
        ContainerManagerEvent.NodeCordoned e => this with { Cordons = Cordons.SetItem(e.Host, new Cordon(e.Run, e.At)) },
        ContainerManagerEvent.NodeUncordoned e => this with { Cordons = Cordons.Remove(e.Host) },
        _ => throw new UnreachableException($"A container manager does not know {happened.GetType()}."),
    };

    /// <summary>What a host is told once the events of its request are written; null for requests of others.</summary>
    public HostCommand? Answer(ContainerManagerCommand command, DateTimeOffset now) => command switch
    {
        EnsureNode c => new HostCommand.NodeReported(c.Host, Name, Registered: true, Problem),
        GetReadiness c when IsTrivial => Cordons.GetValueOrDefault(c.Host) is { } cordon
            ? new HostCommand.ReadinessReported(c.Host, Name, Usable: false, $"is cordoned by run {cordon.Run}")
            : new HostCommand.ReadinessReported(c.Host, Name, Usable: true, ""),

        // A manager that is gone, or that was never talked to, has no node of ours.
        RemoveNode c => new HostCommand.NodeReported(c.Host, Name, Registered: false, null),
        TakeNodeStep c => Stepped(c, now),
        PrepareJoin c => new HostCommand.JoinPrepared(c.Host, Name, null,
            Definition is null ? Problem : $"container manager '{Name}' lets no host join: it has no option join"),
        _ => null,
    };

    // The trivial kind has nothing to move away, but can be told to take its time over it (drain_seconds), so that draining can be tried.
    private HostCommand.NodeStepReported Stepped(TakeNodeStep c, DateTimeOffset now)
    {
        HostCommand.NodeStepReported Say(bool done, string detail, bool byOthers = false) => new(c.Host, Name, c.Run, c.Step, done, byOthers, detail);
        var cordon = Cordons.GetValueOrDefault(c.Host);
        return c.Step switch
        {
            TurnSteps.Uncordon when !Nodes.Contains(c.Host) => Say(true, "there is no such node any more"),
            _ when Problem is { } problem => Say(false, problem),
            _ when !Nodes.Contains(c.Host) => Say(false, "there is no such node"),
            TurnSteps.Cordon when cordon!.Run != c.Run => Say(true, $"it was cordoned by run {cordon.Run} before", byOthers: true),
            TurnSteps.Drain when !c.Force && cordon is not null && now < cordon.At + DrainTime => Say(false, $"draining takes {DrainTime.TotalSeconds:0.#} s (drain_seconds)"),
            _ => Say(true, ""),
        };
    }

    private TimeSpan DrainTime => TimeSpan.FromSeconds(
        double.TryParse(Definition?.Options.Text("drain_seconds"), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and <= 86400 ? seconds : 0);

    /// <summary>Whether it is a server that is asked, rather than its own ledger.</summary>
    public bool IsServer => Definition is { Type: not ContainerManagerType.Trivial };

    /// <summary>Whether its hosts become nodes by <c>kubeadm join</c>.</summary>
    public bool JoinsByKubeadm => Definition?.Join == NodeJoin.Kubeadm;

    private bool IsTrivial => Definition?.Type == ContainerManagerType.Trivial;

    private string? Problem => Definition switch
    {
        null => "there is no such container manager",
        { Type: ContainerManagerType.Trivial } => null,
        _ => "it is asked itself",
    };

    private bool Same(Put c) => SameButForSecrets(c) && c.Secrets.All(offered => Secrets.Any(kept => kept.Option == offered.Option && offered.Digests.Contains(kept.Digest)));

    // A token that has expired is replaced by another, while clusters go on using the manager.
    private bool Renews(Put c) => IsServer && SameButForSecrets(c) && !Same(c);

    private bool SameButForSecrets(Put c) =>
        Definition == new ContainerManagerView(Name, c.Type, c.Options)
        && c.Secrets.Length == Secrets.Length
        && c.Secrets.All(offered => Secrets.Any(kept => kept.Option == offered.Option));

    private static ImmutableArray<KeptSecret> Kept(Put c) => [.. c.Secrets.Select(s => new KeptSecret(s.Option, s.SecretId, s.Digests[0]))];
}
