using System.Collections.Immutable;
using Commissaire.Bootstrap;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class KubeadmJoinTests : HostSpec
{
    private static readonly ImmutableArray<string> Steps = [.. KubeadmSteps.For(Facts, Settings.Bootstrap).Select(s => s.Name)];
    private static readonly ConfirmMembership Confirmed = new(Host, Blue, WithKubeadm);
    private static readonly NodeReported NotJoined = new(Host, Kube, true, "no node") { NotJoined = true };

    private static readonly HostEvent[] Unplanned = [.. InBlue, new HostKeyTrusted(Key, null, Earlier), new Investigated(Facts, Earlier)];

    private static readonly HostEvent[] Ready = [.. BecomingNode, new MembershipConfirmed(Blue, WithKubeadm, Earlier)];

    private static readonly HostEvent[] Joining =
    [
        .. Unplanned, new MembershipConfirmed(Blue, WithKubeadm, Earlier),
        new BootstrapPlanned(NetworkDefinition.Default, ["install-kubelet", KubeadmSteps.Join], Earlier),
        new BootstrapStepStarted("install-kubelet", Earlier),
        new BootstrapStepFinished("install-kubelet", "", Earlier), new BootstrapStepStarted(KubeadmSteps.Join, Earlier),
    ];

    [Fact]
    public void A_member_is_bootstrapped_with_the_steps_of_its_manager()
    {
        var result = Given(Unplanned).When(Confirmed);
        Assert.Equal(Steps.AsEnumerable(), Assert.IsType<BootstrapPlanned>(result.Events[1]).Steps);
        Assert.Equal(new BootstrapStepStarted(Steps[0], Now), result.Events[2]);
        result.ThenRepeatingChangesNothing();
    }

    [Fact]
    public void A_joined_host_registers_its_node() =>
        Given(Joining).When(BootstrapStepCompleted(KubeadmSteps.Join, Done("This node has joined the cluster")))
            .Then(new BootstrapStepFinished(KubeadmSteps.Join, "This node has joined the cluster", Now), new Bootstrapped(Now),
                new NodeRegistrationStarted(Kube, Now));

    [Fact]
    public void A_host_bootstrapped_before_it_joined_the_cluster_gets_its_node_too()
    {
        var result = Given(Ready).When(NotJoined);
        Assert.Equal(["NodeProblem", "BootstrapPlanned", "BootstrapStepStarted"], result.Events.Select(e => e.GetType().Name));
        Assert.Equal(HostStatus.Bootstrapping, result.Host.Status);
        Assert.DoesNotContain(EnsureNode, result.Host.Outstanding(Now));
        result.ThenRepeatingChangesNothing();
        var joined = Steps.Aggregate(result.Host, (host, step) => host.After(BootstrapStepCompleted(step, Done(""))));
        Assert.Contains(EnsureNode, joined.Outstanding(Now));
        Assert.DoesNotContain(joined.After(NotJoined).Outstanding(Now), e => e is HostEffect.RunCommand);
    }

    [Fact]
    public void A_report_of_another_manager_does_not_start_a_join()
    {
        Given(Ready).When(NotJoined with { Manager = Origin }).ThenNothing();
        Given(BecomingNode).When(NotJoined).Then(new NodeProblem(Kube, "no node", Now));
        Given(Active).When(NotJoined).ThenNothing();
    }

    [Fact]
    public void A_host_that_leaves_while_joining_is_bootstrapped_again()
    {
        var left = Given(Joining).When(new Leave(Host, Blue)).Host;
        Assert.Null(left.Bootstrap);
        Assert.Contains(DescribeNetwork, left.Outstanding(Now));
        Assert.False(Given(Joining).When(new ConfirmMembership(Host, Blue, WithOrigin)).Host.Bootstrap!.Joins);
        Assert.True(Given(Joining).When(Confirmed).Host.Bootstrap!.Joins);
    }

    [Fact]
    public void The_node_of_an_unfinished_join_is_removed_until_the_join_must_have_ended()
    {
        var removal = new HostEffect.Send(new ContainerManagerCommand.RemoveNode(Kube, Host) { JoinedSince = Earlier });
        var removed = new NodeReported(Host, Kube, false, null);
        HostCommand[] departures = [new Leave(Host, Blue), new Delete(Host), new ClusterDeleted(Host, Blue)];
        foreach (var departure in departures)
        {
            var left = Given(Joining).When(departure);
            Assert.Contains(new NodeRemovalStarted(Kube, Now), left.Events);
            Assert.Contains(removal, left.Host.Outstanding(Now));
            Assert.True(left.Host.IsObsolete(new HostTask.BootstrapStep(KubeadmSteps.Join)));

            var early = left.Host.After(removed, Now.AddSeconds(299));
            Assert.False(early.Idle);
            Assert.Contains(removal, early.Due());
            Assert.Null(early.After(removed, Now.AddSeconds(300)).Node);
        }

        Assert.Contains(new NodeRemovalStarted(Kube, Now), Given(Joining).When(new ConfirmMembership(Host, Blue, WithOrigin)).Events);
    }

    [Fact]
    public void A_host_that_leaves_before_or_after_its_join_has_no_unfinished_join()
    {
        var installing = Given(Joining[..^2]).When(new Leave(Host, Blue)).Host;
        Assert.Null(installing.Node);
        Assert.False(installing.IsObsolete(new HostTask.BootstrapStep("install-kubelet")));
        var joined = Given(Joining).When(BootstrapStepCompleted(KubeadmSteps.Join, Done("")), new Leave(Host, Blue)).Host;
        Assert.Equal((NodePhase.Removing, null), (joined.Node!.Phase, joined.Node.Join));
    }

    [Fact]
    public void A_host_that_comes_back_joins_once_its_node_is_removed()
    {
        var back = Given(Joining).When(new Delete(Host), RegisterInBlue).Host;
        Assert.Contains(RemoveNode, back.Outstanding(Now));
        HostEvent[] again = [.. Joining.SkipWhile(e => e is not HostKeyTrusted)];
        var joining = again.Aggregate(back, (host, e) => host.Evolve(e));
        var prepare = new HostEffect.Send(new ContainerManagerCommand.PrepareJoin(Kube, Host));
        Assert.DoesNotContain(prepare, joining.Outstanding(Now));
        Assert.Contains(prepare, joining.After(new NodeReported(Host, Kube, false, null)).Outstanding(Now));
    }

    [Fact]
    public void The_join_configuration_is_requested_and_used_once()
    {
        var host = Given(Joining).Host;
        Assert.Contains(new HostEffect.Send(new ContainerManagerCommand.PrepareJoin(Kube, Host)), host.Outstanding(Now));
        var prepared = host.After(new JoinPrepared(Host, Kube, "secret-9", null));
        Assert.Contains(prepared.Outstanding(Now), e => e is HostEffect.RunJoin { SecretId: "secret-9" });
        var refused = prepared.After(BootstrapStepCompleted(KubeadmSteps.Join, Exit(1, "", "no such token")));
        Assert.Contains(new HostEffect.Send(new ContainerManagerCommand.PrepareJoin(Kube, Host)), refused.Due());
    }

    [Fact]
    public void A_manager_without_a_join_configuration_fails_the_step() =>
        Given(Joining).When(new JoinPrepared(Host, Kube, null, "container manager 'kube': forbidden"))
            .Then(new Failed("bootstrap step join-cluster: container manager 'kube': forbidden", "", null, Now));

    [Fact]
    public void A_joined_host_that_leaves_is_ready() =>
        Given([.. Joining, new BootstrapStepFinished(KubeadmSteps.Join, "", Earlier), new Bootstrapped(Earlier)])
            .When(new Leave(Host, Blue))
            .WithStatus(HostStatus.Disassociated, "ready, and in no cluster");
}
