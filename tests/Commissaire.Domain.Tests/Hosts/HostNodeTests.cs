using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HostNodeTests : HostSpec
{
    private static readonly NodeReported Added = new(Host, Kube, Registered: true, null);
    private static readonly NodeReported Removed = new(Host, Kube, Registered: false, null);

    [Fact]
    public void A_ready_member_is_registered_with_the_manager_of_its_cluster() =>
        Given(Listed).When(new ConfirmMembership(Host, Blue, WithKube))
            .Then(new MembershipConfirmed(Blue, WithKube, Now), new NodeRegistrationStarted(Kube, Now))
            .WithStatus(HostStatus.Disassociated, "container manager 'kube' was asked to add its node")
            .WithEffects(EnsureNode,
                Report(Blue, WithKube, HostStatus.Disassociated, "container manager 'kube' was asked to add its node"))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_member_is_registered_as_a_node_once_it_is_bootstrapped() =>
        Given([.. InBlue, new MembershipConfirmed(Blue, WithKube, Earlier), .. Ready[1..^2]]).When(DockerStarted)
            .Then(new BootstrapStepFinished("start-docker", "", Now), new Bootstrapped(Now), new NodeRegistrationStarted(Kube, Now));

    [Fact]
    public void A_host_is_active_once_its_node_is_added() =>
        Given(BecomingNode).When(Added)
            .Then(new NodeRegistered(Kube, Now))
            .WithStatus(HostStatus.Active, "ready, and a node of container manager 'kube'")
            .WithEffects(Report(Blue, WithKube, HostStatus.Active, "ready, and a node of container manager 'kube'"))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_failed_node_registration_is_shown_and_retried()
    {
        var result = Given(BecomingNode).When(Added with { Problem = "connection refused" })
            .Then(new NodeProblem(Kube, "connection refused", Now))
            .WithStatus(HostStatus.Disassociated, "container manager 'kube': connection refused");
        result.ThenRepeatingChangesNothing();
        Assert.DoesNotContain(EnsureNode, result.Host.Outstanding(Now));
        Assert.Equal([EnsureNode, Check], result.Host.Due());
        Assert.Equal("the container manager is asked again", result.Host.View().Next);
    }

    [Fact]
    public void A_node_registration_that_succeeds_on_retry_is_recorded() =>
        Given([.. BecomingNode, new NodeProblem(Kube, "connection refused", Earlier)]).When(Added).Then(new NodeRegistered(Kube, Now));

    [Fact]
    public void A_report_of_another_manager_is_ignored() =>
        Given(BecomingNode).When(new NodeReported(Host, Origin, true, null)).ThenNothing();

    [Fact]
    public void A_late_success_of_adding_the_node_does_not_end_its_removal() =>
        Given([.. Active, new NodeRemovalStarted(Kube, Earlier)]).When(Added).ThenNothing();

    [Fact]
    public void A_late_problem_of_adding_the_node_is_not_a_problem_of_its_removal() =>
        Given([.. Active, new NodeRemovalStarted(Kube, Earlier)]).When(Added with { Problem = "timed out" }).ThenNothing();

    [Fact]
    public void A_new_manager_of_the_cluster_moves_the_node()
    {
        var moving = Given(Active).When(new ConfirmMembership(Host, Blue, WithOrigin))
            .Then(new MembershipConfirmed(Blue, WithOrigin, Now), new NodeRemovalStarted(Kube, Now))
            .WithStatus(HostStatus.Disassociated, "container manager 'kube' was asked to remove its node");
        Assert.Contains(RemoveNode, moving.Host.Outstanding(Now));

        Given(Active).When(new ConfirmMembership(Host, Blue, WithOrigin), Removed)
            .Then(new NodeRemoved(Kube, Now), new NodeRegistrationStarted(Origin, Now))
            .ThenRepeatingChangesNothing();
    }

    [Fact]
    public void Removing_the_manager_of_the_cluster_removes_the_node() =>
        Given(Active).When(new ConfirmMembership(Host, Blue, NoManager), Removed)
            .Then(new NodeRemoved(Kube, Now))
            .WithStatus(HostStatus.Disassociated, "ready; cluster 'blue' has no container manager");

    [Fact]
    public void A_manager_restored_during_the_removal_of_a_node_gets_the_node_again() =>
        Given(Active).When(new ConfirmMembership(Host, Blue, WithOrigin), new ConfirmMembership(Host, Blue, WithKube), Removed)
            .Then(new NodeRemoved(Kube, Now), new NodeRegistrationStarted(Kube, Now));

    [Fact]
    public void A_host_that_leaves_removes_its_node() =>
        Given(Active).When(new Leave(Host, Blue))
            .Then(new LeftCluster(Blue, false, Now), new NodeRemovalStarted(Kube, Now))
            .WithEffects(Depart(Blue), RemoveNode)
            .ThenRepeatingChangesNothing();

    [Fact]
    public void Deleting_the_cluster_removes_the_node() =>
        Given(Active).When(new ClusterDeleted(Host, Blue)).Then(new LeftCluster(Blue, true, Now), new NodeRemovalStarted(Kube, Now));

    [Fact]
    public void A_node_still_being_added_is_removed_too() =>
        Given(BecomingNode).When(new Leave(Host, Blue)).Then(new LeftCluster(Blue, false, Now), new NodeRemovalStarted(Kube, Now));

    [Fact]
    public void A_failed_host_keeps_its_node_but_registers_no_new_one()
    {
        Given([.. Active, new Failed("no route", "", null, Earlier)]).When(new Wake(Host)).ThenNothing();
        Given([.. Listed, new Failed("no route", "", null, Earlier)]).When(new ConfirmMembership(Host, Blue, WithKube))
            .Then(new MembershipConfirmed(Blue, WithKube, Now));
        Given([.. Listed, new Failed("no route", "", null, Earlier)])
            .When(new ConfirmMembership(Host, Blue, WithKube), CheckCompleted(Done(Boot)))
            .Then(new Recovered(Now), new NodeRegistrationStarted(Kube, Now));
    }

    [Fact]
    public void A_failed_host_that_leaves_removes_its_node() =>
        Given([.. Active, new Failed("no route", "", null, Earlier)]).When(new Leave(Host, Blue))
            .Then(new LeftCluster(Blue, false, Now), new NodeRemovalStarted(Kube, Now));
}
