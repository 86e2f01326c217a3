using Commissaire.Clusters;
using Commissaire.Hosts;
using static Commissaire.Clusters.ClusterCommand;

namespace Commissaire.Domain.Tests.Clusters;

public sealed class PuttingAndDeleting : ClusterSpec
{
    [Fact]
    public void A_new_cluster_has_the_default_network_and_no_manager() =>
        Assert.IsType<ClusterReply.Described>(Given().When(new Put(Blue, null, null)).Then(Created).Reply);

    [Fact]
    public void Or_those_it_is_given() => Given().When(new Put(Blue, Flannel, Kube)).Then(new ClusterEvent.Created(new ClusterSettings(Flannel, Kube), Now));

    [Fact]
    public void Put_again_it_stays_what_it_is()
    {
        Given(CreatedWithKube).When(new Put(Blue, null, null)).ThenNothing();
        Given(CreatedWithKube).When(new Put(Blue, Default, Kube)).ThenNothing();
    }

    [Fact]
    public void Put_with_something_else_it_changes_and_keeps_its_members()
    {
        var ending = Given([CreatedWithKube, .. Member(A, HostStatus.Active)]).When(new Put(Blue, Flannel, null))
            .Then(new ClusterEvent.Changed(new ClusterSettings(Flannel, Kube), Now));
        Assert.Equal([A], ending.Cluster.View().Members.ToArray());
        Assert.Equal(HostStatus.Active, ending.Cluster.Members[A.Value].Status);
    }

    [Fact]
    public void Its_manager_is_taken_away_by_naming_none() =>
        Given(CreatedWithKube).When(new Put(Blue, null, null) { WithoutManager = true }).Then(new ClusterEvent.Changed(NoManager, Now));

    [Fact]
    public void Members_are_told_of_another_manager() =>
        Assert.Equal([new HostCommand.ConfirmMembership(A, Blue, WithKube), new HostCommand.ConfirmMembership(B, Blue, WithKube)],
            Given(Created, Added(B), Added(A)).When(new Put(Blue, null, Kube)).Cluster.Outstanding());

    [Fact]
    public void What_does_not_exist_is_not_deleted() => Given().When(new Delete(Blue)).ThenRefused(ClusterRefusal.NotFound);

    [Fact]
    public void An_empty_cluster_is_gone_at_once()
    {
        var ending = Given(Created).When(new Delete(Blue)).Then(new ClusterEvent.Deleted(Now));
        Assert.Equal(new ClusterReply.Forgotten(), ending.Reply);
        Assert.False(ending.Cluster.Exists);
        Assert.Empty(ending.Cluster.Leaving);
        Assert.Empty(ending.Cluster.Outstanding());
    }

    [Fact]
    public void Members_of_a_deleted_cluster_are_told_until_they_know()
    {
        var deleted = Given(Created, Added(A), Added(B)).When(new Delete(Blue)).Then(new ClusterEvent.Deleted(Now)).Cluster;
        Assert.Equal([new HostCommand.ClusterDeleted(A, Blue), new HostCommand.ClusterDeleted(B, Blue)], deleted.Outstanding());

        var ending = Given(Created, Added(A), Added(B), new ClusterEvent.Deleted(Now)).When(new MemberLeft(Blue, A)).Then(new ClusterEvent.DeletionAcknowledged(A, Now));
        ending.Telling(new HostCommand.ConfirmDeparture(A, Blue));
        Assert.Equal([new HostCommand.ClusterDeleted(B, Blue)], ending.Cluster.Outstanding());
    }

    [Fact]
    public void Its_name_is_free_only_when_all_of_them_know()
    {
        Given(Created, Added(A), new ClusterEvent.Deleted(Now)).When(new Put(Blue, null, null)).ThenRefused(ClusterRefusal.StillLeaving);
        Given(Created, Added(A), new ClusterEvent.Deleted(Now), new ClusterEvent.DeletionAcknowledged(A, Now)).When(new Put(Blue, null, null)).Then(Created);
    }

    [Fact]
    public void A_deleted_cluster_is_not_deleted_again() =>
        Given(Created, Added(A), new ClusterEvent.Deleted(Now)).When(new Delete(Blue)).ThenRefused(ClusterRefusal.NotFound);

    [Fact]
    public void Being_woken_is_nothing()
    {
        Given(Created).When(new Wake(Blue)).ThenNothing();
        Given().When(new Wake(Blue)).ThenNothing();
    }
}
