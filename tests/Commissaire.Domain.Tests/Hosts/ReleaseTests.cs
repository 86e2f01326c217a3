using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>The end of the charge of a host: its node stays, and its files may be put back.</summary>
public sealed class ReleaseTests : HostSpec
{
    private static readonly Release Plain = new(Host, Restore: false, "ops");
    private static readonly Release Restoring = new(Host, Restore: true, "ops");

    [Fact]
    public void A_released_host_is_forgotten_and_its_node_stays()
    {
        var released = Given(Active).When(Plain).Then(
            new Released([], "ops", Now), new LeftCluster(Blue, false, Now) { Nodes = NodeDisposal.Keep }, new Deleted(Now),
            new NodeRemovalStarted(Kube, Now) { Release = true });
        Assert.Equal(new HostReply.Released([], new NodeDeparture(Kube, Stays: true)), released.Reply);
        Assert.Contains(
            new HostEffect.Send(new ContainerManagerCommand.RemoveNode(Kube, Host) { Release = true }), released.Host.Outstanding(Now));
    }

    [Fact]
    public void The_files_are_put_back_first()
    {
        Assert.Null(Given(Active).Host.FilesToRestore(Plain));
        var command = Given(Active).Host.FilesToRestore(Restoring)!;
        Assert.All(
            (string[])["/etc/sysconfig/docker", "/etc/sysconfig/flanneld", "/etc/containerd/config.toml"],
            path => Assert.Contains(path, command.Words));

        var done = new FilesRestored(Host, Restoring, Done("restored /etc/a\n\nremoved /etc/b\n"));
        var released = Given(Ready).When(done);
        Assert.Equal(["restored /etc/a", "removed /etc/b"], Assert.IsType<Released>(released.Events[0]).Files.AsEnumerable());
        Assert.Equal(["restored /etc/a", "removed /etc/b"], Assert.IsType<HostReply.Released>(released.Reply).Files.AsEnumerable());
        Assert.Equal(new Deleted(Now), released.Events[1]);
        Assert.True(released.Host.Idle);
    }

    [Fact]
    public void A_host_whose_files_cannot_be_put_back_stays()
    {
        Given(Ready).When(new FilesRestored(Host, Restoring, Exit(1, "", "mv: cannot move"))).ThenRefused(
            HostRefusal.CannotRestore, "exit status 1: mv: cannot move");
        Given(Ready).When(new FilesRestored(Host, Restoring, new ShellOutcome.Unreachable("no route"))).ThenRefused(
            HostRefusal.CannotRestore, $"cannot connect to {Host} port 22: no route");
        Given(Alone).When(Restoring).ThenRefused(HostRefusal.CannotRestore, "its operating system is not known");
    }

    [Fact]
    public void Files_are_not_put_back_during_a_turn()
    {
        var inTurn = TurnScenario.Of(Active).Begin(TurnScenario.Restart).State;
        Assert.Null(inTurn.FilesToRestore(Restoring));
        var refused = Assert.IsType<HostReply.Refused>(inTurn.Decide(Restoring, Now).Reply);
        Assert.Equal((HostRefusal.Busy, "it has its turn in run 7 of cluster 'blue'"), (refused.Why, refused.Detail));
        Assert.Equal(HostRefusal.Busy, Assert.IsType<HostReply.Refused>(
            inTurn.Decide(new FilesRestored(Host, Restoring, Done("")), Now).Reply).Why);
    }

    [Fact]
    public void A_host_that_is_gone_is_not_released_again() => Given(Ready).When(Plain, Plain).ThenRefused(HostRefusal.NotRegistered);
}
