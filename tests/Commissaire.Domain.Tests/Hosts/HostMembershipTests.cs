using Commissaire.Clusters;
using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HostMembershipTests : HostSpec
{
    [Fact]
    public void A_ready_host_joins_and_reports_to_the_cluster() =>
        Given(Ready).When(new Join(Host, Blue))
            .Then(new JoinedCluster(Blue, Now))
            .WithStatus(HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'blue'")
            .WithEffects(Report(Blue, null, HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'blue'"))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void Joining_the_same_cluster_again_changes_nothing() => Given(Active).When(new Join(Host, Blue)).ThenNothing();

    [Fact]
    public void A_member_cannot_join_a_second_cluster() =>
        Given(Active).When(new Join(Host, Green)).ThenRefused(HostRefusal.InAnotherCluster, "blue");

    [Fact]
    public void A_failed_member_cannot_join_a_second_cluster() =>
        Given([.. Active, new Failed("no route", "", null, Earlier)]).When(new Join(Host, Green))
            .ThenRefused(HostRefusal.InAnotherCluster, "blue");

    [Fact]
    public void A_host_that_is_not_ready_cannot_join()
    {
        Given(Alone).When(new Join(Host, Blue)).ThenRefused(HostRefusal.NotReadyToJoin, "investigating");
        Given(Installing).When(new Join(Host, Blue)).ThenRefused(HostRefusal.NotReadyToJoin, "bootstrapping");
        Given([.. Ready, new Failed("no route", "", null, Earlier)]).When(new Join(Host, Blue))
            .ThenRefused(HostRefusal.NotReadyToJoin, "failed");
    }

    [Fact]
    public void A_membership_is_confirmed_once() =>
        Given([.. Ready, new JoinedCluster(Blue, Earlier)]).When(new ConfirmMembership(Host, Blue, NoManager))
            .Then(new MembershipConfirmed(Blue, NoManager, Now))
            .WithStatus(HostStatus.Disassociated, "ready; cluster 'blue' has no container manager")
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_confirmation_of_another_cluster_is_answered_with_a_departure()
    {
        var result = Given(Active).When(new ConfirmMembership(Host, Green, WithOrigin)).ThenNothing();
        Assert.Equal(Depart(Green), result.Host.Reaction(result.Command));
    }

    [Fact]
    public void A_confirmation_of_the_own_cluster_is_not_answered() =>
        Assert.Null(Given(Active).Host.Reaction(new ConfirmMembership(Host, Blue, WithOrigin)));

    [Fact]
    public void A_member_that_leaves_notifies_the_cluster_until_confirmed() =>
        Given(Listed).When(new Leave(Host, Blue))
            .Then(new LeftCluster(Blue, false, Now))
            .WithStatus(HostStatus.Disassociated, "ready, and in no cluster")
            .WithEffects(Depart(Blue))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_departure_is_confirmed_once() =>
        Given([.. Listed, new LeftCluster(Blue, false, Earlier)]).When(new ConfirmDeparture(Host, Blue))
            .Then(new DepartureConfirmed(Blue, Now)).WithEffects().ThenRepeatingChangesNothing();

    [Fact]
    public void Leaving_another_cluster_changes_nothing() => Given(Active).When(new Leave(Host, Green)).ThenNothing();

    [Fact]
    public void A_host_that_joins_again_no_longer_departs() =>
        Given([.. Listed, new LeftCluster(Blue, false, Earlier)]).When(new Join(Host, Blue))
            .WithEffects(Report(Blue, null, HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'blue'"));

    [Fact]
    public void A_host_that_joins_another_cluster_still_departs_from_the_first() =>
        Given(Listed).When(new Leave(Host, Blue), new Join(Host, Green))
            .WithEffects(
                Depart(Blue),
                Report(Green, null, HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'green'"));

    [Fact]
    public void A_member_of_a_deleted_cluster_leaves_it_and_answers()
    {
        var result = Given(Listed).When(new ClusterDeleted(Host, Blue)).Then(new LeftCluster(Blue, true, Now)).WithEffects();
        result.ThenRepeatingChangesNothing();
        Assert.Equal(Depart(Blue), result.Host.Reaction(result.Command));
    }

    [Fact]
    public void A_host_evicted_by_another_cluster_answers_with_a_departure()
    {
        var result = Given(Active).When(new ClusterDeleted(Host, Green)).ThenNothing();
        Assert.Equal(Depart(Green), result.Host.Reaction(result.Command));
    }

    [Fact]
    public void An_unregistered_host_answers_the_cluster_that_lists_it()
    {
        Assert.Equal(Depart(Blue), new HostState(Host, Settings).Reaction(new ClusterDeleted(Host, Blue)));
        Assert.Equal(Depart(Blue), new HostState(Host, Settings).Reaction(new ConfirmMembership(Host, Blue, NoManager)));
    }

    [Fact]
    public void A_member_that_its_cluster_removed_reports_again()
    {
        var result = Given(Listed).When(new ConfirmDeparture(Host, Blue)).ThenNothing();
        var report = Assert.IsType<HostEffect.Send>(result.Host.Reaction(result.Command));
        Assert.Equal(Blue, Assert.IsType<ClusterCommand.ReportMember>(report.Message).Cluster);
        Assert.Null(Given(Listed).Host.Reaction(new ConfirmDeparture(Host, Green)));
    }
}
