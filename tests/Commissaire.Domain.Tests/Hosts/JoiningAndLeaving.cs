using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class JoiningAndLeaving : HostSpec
{
    [Fact]
    public void A_ready_host_joins_and_tells_the_cluster() =>
        Given(Ready).When(new Join(Host, Blue))
            .Then(new JoinedCluster(Blue, Now))
            .Being(HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'blue'")
            .Asking(Report(Blue, null, HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'blue'"))
            .TwiceIsOnce();

    [Fact]
    public void A_member_is_a_member() => Given(Active).When(new Join(Host, Blue)).ThenNothing();

    [Fact]
    public void A_member_refuses_a_second_cluster() => Given(Active).When(new Join(Host, Green)).ThenRefused(HostRefusal.InAnotherCluster, "blue");

    [Fact]
    public void A_failed_member_refuses_a_second_cluster_for_the_same_reason() =>
        Given([.. Active, new Failed("gone", "", null, Then)]).When(new Join(Host, Green)).ThenRefused(HostRefusal.InAnotherCluster, "blue");

    [Fact]
    public void A_host_that_is_not_ready_does_not_join()
    {
        Given(Alone).When(new Join(Host, Blue)).ThenRefused(HostRefusal.NotReadyToJoin, "investigating");
        Given(Installing).When(new Join(Host, Blue)).ThenRefused(HostRefusal.NotReadyToJoin, "bootstrapping");
        Given([.. Ready, new Failed("gone", "", null, Then)]).When(new Join(Host, Blue)).ThenRefused(HostRefusal.NotReadyToJoin, "failed");
    }

    [Fact]
    public void Being_listed_is_confirmed_once() =>
        Given([.. Ready, new JoinedCluster(Blue, Then)]).When(new ConfirmMembership(Host, Blue, NoManager))
            .Then(new MembershipConfirmed(Blue, NoManager, Now))
            .Being(HostStatus.Disassociated, "ready; cluster 'blue' has no container manager")
            .TwiceIsOnce();

    [Fact]
    public void A_cluster_that_is_not_its_own_cannot_confirm_and_is_told_so()
    {
        var ending = Given(Active).When(new ConfirmMembership(Host, Green, WithOrigin)).ThenNothing();
        Assert.Equal(Depart(Green), ending.Host.Reaction(ending.Command));
    }

    [Fact]
    public void Its_own_cluster_is_told_nothing_of_the_kind() => Assert.Null(Given(Active).Host.Reaction(new ConfirmMembership(Host, Blue, WithOrigin)));

    [Fact]
    public void A_member_that_leaves_tells_the_cluster_until_it_knows() =>
        Given(Listed).When(new Leave(Host, Blue))
            .Then(new LeftCluster(Blue, false, Now))
            .Being(HostStatus.Disassociated, "ready, and in no cluster")
            .Asking(Depart(Blue))
            .TwiceIsOnce();

    [Fact]
    public void A_departure_is_confirmed_once() =>
        Given([.. Listed, new LeftCluster(Blue, false, Then)]).When(new ConfirmDeparture(Host, Blue))
            .Then(new DepartureConfirmed(Blue, Now)).Asking().TwiceIsOnce();

    [Fact]
    public void Leaving_a_cluster_it_is_not_in_is_nothing() => Given(Active).When(new Leave(Host, Green)).ThenNothing();

    [Fact]
    public void A_host_that_comes_back_no_longer_leaves() =>
        Given([.. Listed, new LeftCluster(Blue, false, Then)]).When(new Join(Host, Blue))
            .Asking(Report(Blue, null, HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'blue'"));

    [Fact]
    public void A_host_that_goes_on_to_another_cluster_still_leaves_the_first() =>
        Given(Listed).When(new Leave(Host, Blue), new Join(Host, Green))
            .Asking(
                Depart(Blue),
                Report(Green, null, HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'green'"));

    [Fact]
    public void A_member_of_a_deleted_cluster_is_in_none_and_tells_it_so()
    {
        var ending = Given(Listed).When(new ClusterDeleted(Host, Blue)).Then(new LeftCluster(Blue, true, Now)).Asking();
        ending.TwiceIsOnce();
        Assert.Equal(Depart(Blue), ending.Host.Reaction(ending.Command));
    }

    [Fact]
    public void A_host_evicted_by_a_cluster_it_is_not_in_says_so()
    {
        var ending = Given(Active).When(new ClusterDeleted(Host, Green)).ThenNothing();
        Assert.Equal(Depart(Green), ending.Host.Reaction(ending.Command));
    }

    [Fact]
    public void A_host_nobody_registered_answers_the_cluster_that_lists_it()
    {
        Assert.Equal(Depart(Blue), new HostState(Host, Settings).Reaction(new ClusterDeleted(Host, Blue)));
        Assert.Equal(Depart(Blue), new HostState(Host, Settings).Reaction(new ConfirmMembership(Host, Blue, NoManager)));
    }
}
