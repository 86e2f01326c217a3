using Commissaire.Clusters;
using Commissaire.Hosts;
using static Commissaire.Clusters.ClusterCommand;

namespace Commissaire.Domain.Tests.Clusters;

public sealed class ClusterLifecycleTests : ClusterSpec
{
    [Fact]
    public void A_new_cluster_has_the_default_network_and_no_manager() =>
        Assert.IsType<ClusterReply.Described>(Given().When(new Put(Blue, null, null)).Then(Created).Reply);

    [Fact]
    public void A_new_cluster_has_the_given_network_and_manager() =>
        Given().When(new Put(Blue, Flannel, Kube)).Then(new ClusterEvent.Created(new ClusterSettings(Flannel, Kube), Now));

    [Fact]
    public void Put_with_the_same_settings_changes_nothing()
    {
        Given(CreatedWithKube).When(new Put(Blue, null, null)).ThenNothing();
        Given(CreatedWithKube).When(new Put(Blue, Default, Kube)).ThenNothing();
    }

    [Fact]
    public void Put_with_other_settings_changes_the_cluster_and_keeps_its_members()
    {
        var result = Given([CreatedWithKube, .. Member(A, HostStatus.Active)]).When(new Put(Blue, Flannel, null))
            .Then(new ClusterEvent.Changed(new ClusterSettings(Flannel, Kube), Now));
        Assert.Equal([A], result.Cluster.View().Members.ToArray());
        Assert.Equal(HostStatus.Active, result.Cluster.Members[A.Value].Status);
    }

    [Fact]
    public void Put_without_a_manager_removes_the_manager() =>
        Given(CreatedWithKube).When(new Put(Blue, null, null) { WithoutManager = true }).Then(new ClusterEvent.Changed(NoManager, Now));

    [Fact]
    public void Members_are_notified_of_another_manager() =>
        Assert.Equal([new HostCommand.ConfirmMembership(A, Blue, WithKube), new HostCommand.ConfirmMembership(B, Blue, WithKube)],
            Given(Created, Added(B), Added(A)).When(new Put(Blue, null, Kube)).Cluster.Outstanding());

    [Fact]
    public void A_missing_cluster_cannot_be_deleted() => Given().When(new Delete(Blue)).ThenRefused(ClusterRefusal.NotFound);

    [Fact]
    public void An_empty_cluster_is_deleted_immediately()
    {
        var result = Given(Created).When(new Delete(Blue)).Then(new ClusterEvent.Deleted(Now));
        Assert.Equal(new ClusterReply.Forgotten(), result.Reply);
        Assert.False(result.Cluster.Exists);
        Assert.Empty(result.Cluster.Leaving);
        Assert.Empty(result.Cluster.Outstanding());
    }

    [Fact]
    public void Members_of_a_deleted_cluster_are_notified_until_they_acknowledge()
    {
        var deleted = Given(Created, Added(A), Added(B)).When(new Delete(Blue)).Then(new ClusterEvent.Deleted(Now)).Cluster;
        Assert.Equal([new HostCommand.ClusterDeleted(A, Blue), new HostCommand.ClusterDeleted(B, Blue)], deleted.Outstanding());

        var result = Given(Created, Added(A), Added(B), new ClusterEvent.Deleted(Now)).When(new MemberLeft(Blue, A))
            .Then(new ClusterEvent.DeletionAcknowledged(A, Now));
        result.WithAnswers(new HostCommand.ConfirmDeparture(A, Blue));
        Assert.Equal([new HostCommand.ClusterDeleted(B, Blue)], result.Cluster.Outstanding());
    }

    [Fact]
    public void The_reply_to_a_deletion_says_what_becomes_of_each_node()
    {
        var deleted = Given(Created, Added(A), Added(B)).When(new Delete(Blue) { Nodes = NodeDisposal.Keep })
            .Then(new ClusterEvent.Deleted(Now) { Nodes = NodeDisposal.Keep }).Cluster;
        Assert.All(deleted.Outstanding(), m => Assert.Equal(NodeDisposal.Keep, Assert.IsType<HostCommand.ClusterDeleted>(m).Nodes));

        var node = new NodeDeparture(ResourceName.Parse("kube"), Stays: true);
        var result = Given(Created, Added(A), Added(B), new ClusterEvent.Deleted(Now), new ClusterEvent.DeletionAcknowledged(B, Now))
            .When(new MemberLeft(Blue, A) { Node = node }).Then(new ClusterEvent.DeletionAcknowledged(A, Now) { Node = node });
        Assert.Equal(new DepartedNode(A, node), Assert.Single(result.Cluster.Forgotten().Nodes!.Value));
    }

    [Fact]
    public void The_name_is_free_once_all_members_acknowledge_the_deletion()
    {
        Given(Created, Added(A), new ClusterEvent.Deleted(Now)).When(new Put(Blue, null, null)).ThenRefused(ClusterRefusal.StillLeaving);
        Given(Created, Added(A), new ClusterEvent.Deleted(Now), new ClusterEvent.DeletionAcknowledged(A, Now))
            .When(new Put(Blue, null, null)).Then(Created);
    }

    [Fact]
    public void A_deleted_cluster_cannot_be_deleted_again() =>
        Given(Created, Added(A), new ClusterEvent.Deleted(Now)).When(new Delete(Blue)).ThenRefused(ClusterRefusal.NotFound);

    [Fact]
    public void Waking_a_cluster_changes_nothing()
    {
        Given(Created).When(new Wake(Blue)).ThenNothing();
        Given().When(new Wake(Blue)).ThenNothing();
    }
}
