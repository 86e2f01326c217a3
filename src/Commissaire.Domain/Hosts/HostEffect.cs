using Commissaire.Runs;

namespace Commissaire.Hosts;

/// <summary>
/// Work that a host's state asks of the world. It is derived from the state, so a crash between writing and doing heals itself: the state that
/// comes back asks again. Therefore performing one twice must be harmless.
/// </summary>
public abstract record HostEffect
{
    private HostEffect() { }

    /// <summary>Gather the facts. Only reads.</summary>
    public sealed record Investigate : HostEffect;

    /// <summary>Find the definition of the network to bootstrap with. Only reads.</summary>
    /// <param name="Cluster">The cluster whose network it is; null for the default network.</param>
    public sealed record FindNetwork(ResourceName? Cluster) : HostEffect;

    /// <summary>Run a bootstrap step. Packages that are installed, files that are written and services that run stay so.</summary>
    public sealed record RunStep(string Step) : HostEffect;

    /// <summary>Work on a step of the host's turn in a run. Every step may be begun again: what is done already stays so.</summary>
    public sealed record TakeStep(RunId Run, string Step) : HostEffect;

    /// <summary>Tell a run how far the host's turn is.</summary>
    public sealed record ReportTurn(RunId Run, int Attempt, TurnReport Progress) : HostEffect;

    /// <summary>See whether the host is there, and in which boot. Only reads.</summary>
    public sealed record Check : HostEffect;

    /// <summary>Tell the cluster how its member is. The cluster lists a host that reports and was not listed.</summary>
    public sealed record Report(ResourceName Cluster, ResourceName? Manager, bool Confirmed, HostStatus Status, string Reason, int Failures = 0) : HostEffect;

    /// <summary>Tell a cluster that the host left it.</summary>
    public sealed record Depart(ResourceName Cluster) : HostEffect;

    /// <summary>Have the container manager add the host's node. An existing one is left as it is.</summary>
    public sealed record RegisterNode(ResourceName Manager) : HostEffect;

    /// <summary>Have the container manager say whether the host's node can carry work. A node that does not say whose it is any more does afterwards.</summary>
    public sealed record WatchNode(ResourceName Manager) : HostEffect;

    /// <summary>Have the container manager remove the host's node. An absent one is as good as removed.</summary>
    public sealed record RemoveNode(ResourceName Manager) : HostEffect;
}
