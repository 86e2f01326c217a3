using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>What becomes of the node of a host that is deleted or leaves its cluster.</summary>
public sealed class NodeDepartureTests : HostSpec
{
    private static readonly HostEffect Release = new HostEffect.Send(new ContainerManagerCommand.RemoveNode(Kube, Host) { Release = true });

    private static readonly HostEvent[] InService =
    [
        .. InBlue, new HostKeyTrusted(Key, null, Earlier), new Investigated(Facts, Earlier),
        new MembershipConfirmed(Blue, WithKubeAuto, Earlier), new Adopted(new Adoption("it is in service", InService: true), Earlier),
        new NodeRegistrationStarted(Kube, Earlier), new NodeRegistered(Kube, Earlier),
    ];

    public static TheoryData<string, NodeDisposal?, bool> Cases => new()
    {
        { "bootstrapped", null, false },
        { "bootstrapped", NodeDisposal.Keep, true },
        { "bootstrapped", NodeDisposal.Remove, false },
        { "adopted", null, true },
        { "adopted", NodeDisposal.Keep, true },
        { "adopted", NodeDisposal.Remove, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_operator_decides_or_else_what_suits_the_host(string kind, NodeDisposal? nodes, bool stays)
    {
        var given = kind == "adopted" ? InService : Active;
        Assert.Equal(new NodeDeparture(Kube, kind == "adopted"), Given(given).Host.View().NodeDeparture);

        var deleted = Given(given).When(new Delete(Host) { Nodes = nodes });
        Assert.Equal(new HostReply.Forgotten { Node = new NodeDeparture(Kube, stays) }, deleted.Reply);
        Assert.Contains(stays ? Release : RemoveNode, deleted.Host.Outstanding(Now));

        var left = Given(given).When(new Leave(Host, Blue) { Nodes = nodes });
        Assert.Equal(new NodeDeparture(Kube, stays), Assert.IsType<HostReply.Described>(left.Reply).View.NodeDeparture);
        Assert.Contains(stays ? Release : RemoveNode, left.Host.Outstanding(Now));

        var gone = new ClusterDeleted(Host, Blue) { Nodes = nodes };
        var evicted = Given(given).When(gone).Host;
        Assert.Contains(stays ? Release : RemoveNode, evicted.Outstanding(Now));
        Assert.Equal(
            new HostEffect.Send(new ClusterCommand.MemberLeft(Blue, Host) { Node = new NodeDeparture(Kube, stays) }),
            evicted.Reaction(gone));
    }

    [Fact]
    public void A_host_without_a_node_has_nothing_to_keep_or_remove()
    {
        Assert.Equal(new HostReply.Forgotten(), Given(Ready).When(new Delete(Host) { Nodes = NodeDisposal.Remove }).Reply);
        Assert.Null(Given(Ready).Host.View().NodeDeparture);
    }

    [Fact]
    public void History_says_what_the_operator_wanted()
    {
        Assert.Equal(
            "left cluster 'blue', keeping the node",
            HostState.Describe(new LeftCluster(Blue, false, Now) { Nodes = NodeDisposal.Keep }).Summary);
        Assert.Equal(
            "cluster 'blue' was deleted, removing the node",
            HostState.Describe(new LeftCluster(Blue, true, Now) { Nodes = NodeDisposal.Remove }).Summary);
    }
}
