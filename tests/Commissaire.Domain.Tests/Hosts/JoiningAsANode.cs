using System.Collections.Immutable;
using Commissaire.Bootstrap;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class JoiningAsANode : HostSpec
{
    private static readonly ImmutableArray<string> Steps = [.. KubeadmSteps.For(Facts, Settings.Bootstrap).Select(s => s.Name)];
    private static readonly ConfirmMembership Confirmed = new(Host, Blue, WithKubeadm);
    private static readonly NodeReported NotJoined = new(Host, Kube, true, "no node") { NotJoined = true };

    private static readonly HostEvent[] Unplanned = [.. InBlue, new HostKeyTrusted(Key, null, Then), new Investigated(Facts, Then)];

    private static readonly HostEvent[] Ready = [.. BecomingNode, new MembershipConfirmed(Blue, WithKubeadm, Then)];

    private static readonly HostEvent[] Joining =
    [
        .. Unplanned, new MembershipConfirmed(Blue, WithKubeadm, Then),
        new BootstrapPlanned(NetworkDefinition.Default, ["install-kubelet", KubeadmSteps.Join], Then), new BootstrapStepStarted("install-kubelet", Then),
        new BootstrapStepFinished("install-kubelet", "", Then), new BootstrapStepStarted(KubeadmSteps.Join, Then),
    ];

    [Fact]
    public void A_member_is_bootstrapped_as_its_manager_says()
    {
        var ending = Given(Unplanned).When(Confirmed);
        Assert.Equal(Steps.AsEnumerable(), Assert.IsType<BootstrapPlanned>(ending.Events[1]).Steps);
        Assert.Equal(new BootstrapStepStarted(Steps[0], Now), ending.Events[2]);
        ending.TwiceIsOnce();
    }

    [Fact]
    public void It_asks_for_its_node_once_it_has_joined() =>
        Given(Joining).When(Ran(KubeadmSteps.Join, Done("This node has joined the cluster")))
            .Then(new BootstrapStepFinished(KubeadmSteps.Join, "This node has joined the cluster", Now), new Bootstrapped(Now), new NodeRegistrationStarted(Kube, Now));

    [Fact]
    public void A_host_bootstrapped_before_it_came_into_the_cluster_joins_too()
    {
        var ending = Given(Ready).When(NotJoined);
        Assert.Equal(["NodeProblem", "BootstrapPlanned", "BootstrapStepStarted"], ending.Events.Select(e => e.GetType().Name));
        Assert.Equal(HostStatus.Bootstrapping, ending.Host.Status);
        Assert.DoesNotContain(EnsureNode, ending.Host.Outstanding(Now));
        ending.TwiceIsOnce();
        var joined = Steps.Aggregate(ending.Host, (host, step) => host.After(Ran(step, Done(""))));
        Assert.Contains(EnsureNode, joined.Outstanding(Now));
        Assert.DoesNotContain(joined.After(NotJoined).Outstanding(Now), e => e is HostEffect.RunCommand);
    }

    [Fact]
    public void A_manager_that_is_not_its_clusters_is_not_joined()
    {
        Given(Ready).When(NotJoined with { Manager = Origin }).ThenNothing();
        Given(BecomingNode).When(NotJoined).Then(new NodeProblem(Kube, "no node", Now));
        Given(Active).When(NotJoined).ThenNothing();
    }

    [Fact]
    public void A_host_that_leaves_half_way_is_bootstrapped_anew()
    {
        var left = Given(Joining).When(new Leave(Host, Blue)).Host;
        Assert.Null(left.Bootstrap);
        Assert.Contains(AskForNetwork, left.Outstanding(Now));
        Assert.False(Given(Joining).When(new ConfirmMembership(Host, Blue, WithOrigin)).Host.Bootstrap!.Joins);
        Assert.True(Given(Joining).When(Confirmed).Host.Bootstrap!.Joins);
    }

    [Fact]
    public void The_configuration_to_join_with_is_asked_for_and_used_once()
    {
        var host = Given(Joining).Host;
        Assert.Contains(new HostEffect.Send(new ContainerManagerCommand.PrepareJoin(Kube, Host)), host.Outstanding(Now));
        var prepared = host.After(new JoinPrepared(Host, Kube, "secret-9", null));
        Assert.Contains(prepared.Outstanding(Now), e => e is HostEffect.RunJoin { SecretId: "secret-9" });
        var refused = prepared.After(Ran(KubeadmSteps.Join, Exit(1, "", "no such token")));
        Assert.Contains(new HostEffect.Send(new ContainerManagerCommand.PrepareJoin(Kube, Host)), refused.Due());
    }

    [Fact]
    public void A_manager_that_has_no_configuration_fails_the_step() =>
        Given(Joining).When(new JoinPrepared(Host, Kube, null, "container manager 'kube': forbidden"))
            .Then(new Failed("bootstrap step join-cluster: container manager 'kube': forbidden", "", null, Now));

    [Fact]
    public void A_host_that_joined_and_leaves_is_ready_as_it_is() =>
        Given([.. Joining, new BootstrapStepFinished(KubeadmSteps.Join, "", Then), new Bootstrapped(Then)]).When(new Leave(Host, Blue))
            .Being(HostStatus.Disassociated, "ready, and in no cluster");
}
