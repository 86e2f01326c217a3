using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class BeingANode : HostSpec
{
    private static readonly NodeReported Added = new(Host, Kube, Registered: true, null);
    private static readonly NodeReported Removed = new(Host, Kube, Registered: false, null);

    [Fact]
    public void A_ready_member_becomes_a_node_of_its_clusters_manager() =>
        Given(Listed).When(new ConfirmMembership(Host, Blue, WithKube))
            .Then(new MembershipConfirmed(Blue, WithKube, Now), new NodeRegistrationStarted(Kube, Now))
            .Being(HostStatus.Disassociated, "container manager 'kube' was asked to add its node")
            .Asking(EnsureNode,
                Report(Blue, WithKube, HostStatus.Disassociated, "container manager 'kube' was asked to add its node"))
            .TwiceIsOnce();

    [Fact]
    public void A_member_that_is_not_ready_becomes_one_when_it_is() =>
        Given([.. InBlue, new MembershipConfirmed(Blue, WithKube, Then), .. Ready[1..^2]]).When(DockerStarted)
            .Then(new BootstrapStepFinished("start-docker", "", Now), new Bootstrapped(Now), new NodeRegistrationStarted(Kube, Now));

    [Fact]
    public void A_node_that_was_added_makes_the_host_active() =>
        Given(BecomingNode).When(Added)
            .Then(new NodeRegistered(Kube, Now))
            .Being(HostStatus.Active, "ready, and a node of container manager 'kube'")
            .Asking(Report(Blue, WithKube, HostStatus.Active, "ready, and a node of container manager 'kube'"))
            .TwiceIsOnce();

    [Fact]
    public void A_manager_that_cannot_is_asked_again_and_the_host_says_so()
    {
        var ending = Given(BecomingNode).When(Added with { Problem = "connection refused" })
            .Then(new NodeProblem(Kube, "connection refused", Now))
            .Being(HostStatus.Disassociated, "container manager 'kube': connection refused");
        ending.TwiceIsOnce();
        Assert.DoesNotContain(EnsureNode, ending.Host.Outstanding(Now));
        Assert.Equal([EnsureNode, Check], ending.Host.Due());
        Assert.Equal("the container manager is asked again", ending.Host.View().Next);
    }

    [Fact]
    public void A_manager_that_can_at_last_does() =>
        Given([.. BecomingNode, new NodeProblem(Kube, "connection refused", Then)]).When(Added).Then(new NodeRegistered(Kube, Now));

    [Fact]
    public void Another_manager_has_no_say() => Given(BecomingNode).When(new NodeReported(Host, Origin, true, null)).ThenNothing();

    [Fact]
    public void A_late_answer_to_adding_is_none_to_removing() =>
        Given([.. Active, new NodeRemovalStarted(Kube, Then)]).When(Added).ThenNothing();

    [Fact]
    public void A_late_problem_with_adding_is_none_with_removing() =>
        Given([.. Active, new NodeRemovalStarted(Kube, Then)]).When(Added with { Problem = "timed out" }).ThenNothing();

    [Fact]
    public void Another_manager_of_the_cluster_moves_the_node()
    {
        var moving = Given(Active).When(new ConfirmMembership(Host, Blue, WithOrigin))
            .Then(new MembershipConfirmed(Blue, WithOrigin, Now), new NodeRemovalStarted(Kube, Now))
            .Being(HostStatus.Disassociated, "container manager 'kube' was asked to remove its node");
        Assert.Contains(RemoveNode, moving.Host.Outstanding(Now));

        Given(Active).When(new ConfirmMembership(Host, Blue, WithOrigin), Removed)
            .Then(new NodeRemoved(Kube, Now), new NodeRegistrationStarted(Origin, Now))
            .TwiceIsOnce();
    }

    [Fact]
    public void A_cluster_without_a_manager_any_more_has_no_nodes() =>
        Given(Active).When(new ConfirmMembership(Host, Blue, NoManager), Removed)
            .Then(new NodeRemoved(Kube, Now))
            .Being(HostStatus.Disassociated, "ready; cluster 'blue' has no container manager");

    [Fact]
    public void A_manager_that_is_back_before_its_node_was_gone_gets_it_anew() =>
        Given(Active).When(new ConfirmMembership(Host, Blue, WithOrigin), new ConfirmMembership(Host, Blue, WithKube), Removed)
            .Then(new NodeRemoved(Kube, Now), new NodeRegistrationStarted(Kube, Now));

    [Fact]
    public void A_host_that_leaves_takes_its_node_away() =>
        Given(Active).When(new Leave(Host, Blue))
            .Then(new LeftCluster(Blue, false, Now), new NodeRemovalStarted(Kube, Now))
            .Asking(Depart(Blue), RemoveNode)
            .TwiceIsOnce();

    [Fact]
    public void A_host_whose_cluster_is_deleted_takes_its_node_away() =>
        Given(Active).When(new ClusterDeleted(Host, Blue)).Then(new LeftCluster(Blue, true, Now), new NodeRemovalStarted(Kube, Now));

    [Fact]
    public void A_node_half_added_is_removed_as_well() =>
        Given(BecomingNode).When(new Leave(Host, Blue)).Then(new LeftCluster(Blue, false, Now), new NodeRemovalStarted(Kube, Now));

    [Fact]
    public void A_failed_host_keeps_its_node_but_becomes_no_new_one()
    {
        Given([.. Active, new Failed("gone", "", null, Then)]).When(new Wake(Host)).ThenNothing();
        Given([.. Listed, new Failed("gone", "", null, Then)]).When(new ConfirmMembership(Host, Blue, WithKube)).Then(new MembershipConfirmed(Blue, WithKube, Now));
        Given([.. Listed, new Failed("gone", "", null, Then)]).When(new ConfirmMembership(Host, Blue, WithKube), Checked(Done(Boot)))
            .Then(new Recovered(Now), new NodeRegistrationStarted(Kube, Now));
    }

    [Fact]
    public void A_failed_host_that_leaves_takes_its_node_away_all_the_same() =>
        Given([.. Active, new Failed("gone", "", null, Then)]).When(new Leave(Host, Blue))
            .Then(new LeftCluster(Blue, false, Now), new NodeRemovalStarted(Kube, Now));
}
