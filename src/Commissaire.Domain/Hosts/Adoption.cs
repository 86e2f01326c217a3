using Commissaire.ContainerManagers;
using Commissaire.Networks;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>Why a host was adopted instead of bootstrapped.</summary>
/// <param name="Why">The reason, for people.</param>
/// <param name="InService">Whether the host is in service already, so that its own kubelet registers its node.</param>
public sealed record Adoption(string Why, bool InService);

// A host in service is adopted: Commissaire watches, drains and rolls it, but installs and configures nothing on it.
public sealed partial record HostState
{
    /// <summary>Why the host was adopted; null if it was not.</summary>
    public Adoption? Adopted => Bootstrap?.Adopted;

    // The policy of a member may be that of its cluster: null until the cluster has confirmed.
    private BootstrapPolicy? Policy => Registration?.Bootstrap
        ?? (Membership is null ? BootstrapPolicy.Auto : Membership.Settings?.Bootstrap);

    private Adoption? AdoptionByFacts => (Policy, Facts?.InService) switch
    {
        (BootstrapPolicy.Never, var service) => new Adoption("its bootstrap is 'never'", service is not null),
        (BootstrapPolicy.Auto, { } service) => new Adoption($"it is in service: {service}", InService: true),
        _ => null,
    };

    // A host without a trace of a cluster may still be known to its container manager, such as one whose files are elsewhere. A node that
    // Commissaire made is no sign: the host was reinstalled.
    private bool MustFindNode => AwaitsPlan && Policy == BootstrapPolicy.Auto && AdoptionByFacts is null
        && Membership?.Settings?.Manager is not null && Node is not { Phase: not NodePhase.Removing, Stays: false };

    // The old node of a host that was deleted is removed first.
    private HostEffect? FindNode => Node is not { Phase: NodePhase.Removing } && Membership?.Manager is { } manager
        ? new HostEffect.Send(new ContainerManagerCommand.FindNode(manager, Address))
        : null;

    private Verdict OnNodeFound(NodeFound c, DateTimeOffset now) => c switch
    {
        _ when !MustFindNode || Failure is not null || Membership?.Manager != c.Manager || c.Problem is not null => NoReply,
        { Node: { } node } => Record(new HostEvent.Adopted(
            new Adoption($"it is in service: container manager '{c.Manager}' has its node '{node}'", InService: true), now)),
        _ => new(PlanForCluster(Membership!.Settings!, now)),
    };

    private HostState? EvolveAdoption(HostEvent e) => e is HostEvent.Adopted adopted
        ? this with
        {
            Bootstrap = new BootstrapProgress(NetworkDefinition.Default, [], Joins: false, Complete: true)
            {
                Adopted = adopted.Adoption,
            },
            Failure = null,
            Trace = null,
        }
        : null;

    private static HistoryLine? DescribeAdoption(HostEvent e) => e is HostEvent.Adopted { Adoption.Why: var why }
        ? new("adopted", $"adopted as it is, without a bootstrap: {why}")
        : null;
}
