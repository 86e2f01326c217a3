using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HostDeletionTests : HostSpec
{
    private static readonly Delete Delete = new(Host);

    [Fact]
    public void A_host_without_a_cluster_is_deleted_immediately()
    {
        var result = Given(Ready).When(Delete).Then(new Deleted(Now)).WithReply(new HostReply.Forgotten()).WithEffects();
        Assert.True(result.Host.Idle);
    }

    [Fact]
    public void Deleting_a_member_leaves_the_cluster_and_removes_the_node()
    {
        var result = Given(Active).When(Delete)
            .Then(new LeftCluster(Blue, false, Now), new Deleted(Now), new NodeRemovalStarted(Kube, Now))
            .WithEffects(Depart(Blue), RemoveNode);
        Assert.False(result.Host.Idle);
    }

    [Fact]
    public void A_deleted_host_keeps_only_its_pending_cleanup()
    {
        var host = Given([.. Active, new Failed("no route", "", OtherKey, Earlier)]).When(Delete).Host;
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
    public void A_deleted_host_is_idle_after_its_cleanup() =>
        Assert.True(Given(Active).When(Delete, new ConfirmDeparture(Host, Blue), new NodeReported(Host, Kube, false, null))
            .Then(new NodeRemoved(Kube, Now)).Host.Idle);

    [Fact]
    public void A_failed_node_removal_is_retried()
    {
        var host = Given(Active).When(Delete, new NodeReported(Host, Kube, false, "connection refused"))
            .Then(new NodeProblem(Kube, "connection refused", Now)).Host;
        Assert.Equal([Depart(Blue)], host.Outstanding(Now));
        Assert.Equal([RemoveNode], host.Due());
    }

    [Fact]
    public void A_deleted_host_cannot_be_deleted_again() => Given(Ready).When(Delete, Delete).ThenRefused(HostRefusal.NotRegistered);

    [Fact]
    public void Results_of_running_commands_are_ignored_after_deletion() => Given(Installing).When(Delete, DockerInstalled).ThenNothing();
}
