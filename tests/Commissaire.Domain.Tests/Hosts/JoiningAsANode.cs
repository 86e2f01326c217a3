using Commissaire.Bootstrap;
using Commissaire.Hosts;
using Commissaire.Networks;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class JoiningAsANode : HostSpec
{
    private static readonly PlanJoin Join = new(Host, Kube, ["install-kubelet", KubeadmSteps.Join]);

    private static readonly HostEvent[] Unplanned = [.. InBlue, new HostKeyTrusted(Key, null, Then), new Investigated(Facts, Then), new MembershipConfirmed(Blue, Kube, Then)];

    private static readonly HostEvent[] Joining =
    [
        .. Unplanned, new BootstrapPlanned(NetworkDefinition.Default, Join.Steps, Then), new BootstrapStepStarted("install-kubelet", Then),
        new BootstrapStepFinished("install-kubelet", "", Then), new BootstrapStepStarted(KubeadmSteps.Join, Then),
    ];

    [Fact]
    public void A_member_is_bootstrapped_as_its_manager_says()
    {
        var ending = Given(Unplanned).When(Join);
        Assert.Equal(Join.Steps.AsEnumerable(), Assert.IsType<BootstrapPlanned>(ending.Events[0]).Steps);
        Assert.Equal(new BootstrapStepStarted("install-kubelet", Now), ending.Events[1]);
        ending.TwiceIsOnce();
    }

    [Fact]
    public void It_asks_for_its_node_once_it_has_joined() =>
        Given(Joining).When(new RecordStep(Host, KubeadmSteps.Join, Done("This node has joined the cluster")))
            .Then(new BootstrapStepFinished(KubeadmSteps.Join, "This node has joined the cluster", Now), new Bootstrapped(Now), new NodeRegistrationStarted(Kube, Now));

    [Fact]
    public void A_host_bootstrapped_before_it_came_into_the_cluster_joins_too()
    {
        var ending = Given([.. BecomingNode, new NodeProblem(Kube, "no node", Then)]).When(Join);
        Assert.Equal(HostStatus.Bootstrapping, ending.Host.Status);
        Assert.DoesNotContain(new HostEffect.RegisterNode(Kube), ending.Host.Outstanding());
        var joined = ending.Host.After(new RecordStep(Host, "install-kubelet", Done(""))).After(new RecordStep(Host, KubeadmSteps.Join, Done("")));
        Assert.Contains(new HostEffect.RegisterNode(Kube), joined.Outstanding());
        Assert.False(joined.AwaitsJoin(Kube));
    }

    [Fact]
    public void A_manager_that_is_not_its_clusters_is_not_joined()
    {
        Given(Unplanned).When(Join with { Manager = Origin }).ThenNothing();
        Given(Ready).When(Join).ThenNothing();
        Given(Active).When(Join with { Manager = Origin }).ThenNothing();
    }

    [Fact]
    public void A_host_that_leaves_half_way_is_bootstrapped_anew()
    {
        var left = Given(Joining).When(new Leave(Host, Blue)).Host;
        Assert.Null(left.Bootstrap);
        Assert.Contains(new HostEffect.FindNetwork(null), left.Outstanding());
        Assert.Null(Given(Joining).When(new ConfirmMembership(Host, Blue, Origin)).Host.Bootstrap);
        Assert.NotNull(Given(Joining).When(new ConfirmMembership(Host, Blue, Kube)).Host.Bootstrap);
    }

    [Fact]
    public void A_host_that_joined_and_leaves_is_ready_as_it_is() =>
        Given([.. Joining, new BootstrapStepFinished(KubeadmSteps.Join, "", Then), new Bootstrapped(Then)]).When(new Leave(Host, Blue))
            .Being(HostStatus.Disassociated, "ready, and in no cluster");
}
