using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class Deleting : HostSpec
{
    private static readonly Delete Delete = new(Host);

    [Fact]
    public void A_lone_host_is_forgotten_at_once()
    {
        var ending = Given(Ready).When(Delete).Then(new Deleted(Now)).Saying(new HostReply.Forgotten()).Asking();
        Assert.True(ending.Host.Idle);
    }

    [Fact]
    public void A_member_leaves_its_cluster_and_takes_its_node_away()
    {
        var ending = Given(Active).When(Delete)
            .Then(new LeftCluster(Blue, false, Now), new Deleted(Now), new NodeRemovalStarted(Kube, Now))
            .Asking(Depart(Blue), RemoveNode);
        Assert.False(ending.Host.Idle);
    }

    [Fact]
    public void Only_what_must_still_be_undone_is_kept()
    {
        var host = Given([.. Active, new Failed("gone", "", OtherKey, Then)]).When(Delete).Host;
        Assert.Null(host.Registration);
        Assert.Null(host.HostKey);
        Assert.Null(host.Facts);
        Assert.Null(host.Bootstrap);
        Assert.Null(host.Failure);
        Assert.Null(host.Membership);
        Assert.Equal(Blue, Assert.Single(host.Departing));
        Assert.Equal(new NodeLink(Kube, NodePhase.Removing), host.Node);
    }

    [Fact]
    public void When_all_is_undone_nothing_is_left() =>
        Assert.True(Given(Active).When(Delete, new ConfirmDeparture(Host, Blue), new NodeReported(Host, Kube, false, null))
            .Then(new NodeRemoved(Kube, Now)).Host.Idle);

    [Fact]
    public void A_manager_that_cannot_remove_the_node_is_asked_again()
    {
        var host = Given(Active).When(Delete, new NodeReported(Host, Kube, false, "connection refused"))
            .Then(new NodeProblem(Kube, "connection refused", Now)).Host;
        Assert.Equal([Depart(Blue)], host.Outstanding(Now));
        Assert.Equal([RemoveNode], host.Due());
    }

    [Fact]
    public void A_deleted_host_is_not_registered() => Given(Ready).When(Delete, Delete).ThenRefused(HostRefusal.NotRegistered);

    [Fact]
    public void What_was_still_under_way_is_of_no_concern_any_more() => Given(Installing).When(Delete, DockerInstalled).ThenNothing();
}
