using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>The effects that a host requests immediately, and those it repeats at each health check.</summary>
public sealed class HostEffectTests : HostSpec
{
    private static readonly Failed Unreachable = new("no route", "", null, Earlier);
    private static readonly Failed KeyChanged = new("another key", "", OtherKey, Earlier);
    private static readonly HostEffect Failing = Report(Blue, WithKube, HostStatus.Failed, "no route", 1);

    private static readonly (string Name, HostEvent[] History, HostEffect[] Outstanding, HostEffect[] Due)[] Table =
    [
        ("unregistered", [], [], []),
        ("registered", Alone, [Investigate], [Investigate]),
        ("registered, unreachable", [.. Alone, Unreachable], [], [Investigate]),
        ("registered, another key", [.. Alone, KeyChanged], [], [Check]),
        ("known", Known, [DescribeNetwork], [DescribeNetwork]),
        ("known, no network", [.. Known, Unreachable], [], [DescribeNetwork]),
        ("installing", Installing, [RunBootstrapStep("install-docker")], [RunBootstrapStep("install-docker")]),
        ("installing, unreachable", [.. Installing, Unreachable], [], [RunBootstrapStep("install-docker")]),
        ("installing, another key", [.. Installing, KeyChanged], [], [Check]),
        ("ready", Ready, [], [Check]),
        ("ready, unreachable", [.. Ready, Unreachable], [], [Check]),
        ("joined", [.. Ready, new JoinedCluster(Blue, Earlier)],
            [Report(Blue, null, HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'blue'")], [Check]),
        ("becoming a node", BecomingNode,
            [EnsureNode, Report(Blue, WithKube, HostStatus.Disassociated, "container manager 'kube' was asked to add its node")],
            [Check]),
        ("becoming a node, refused", [.. BecomingNode, new NodeProblem(Kube, "no", Earlier)],
            [Report(Blue, WithKube, HostStatus.Disassociated, "container manager 'kube': no")], [EnsureNode, Check]),
        ("active", Active, [Report(Blue, WithKube, HostStatus.Active, "ready, and a node of container manager 'kube'")],
            [GetReadiness, Check]),
        ("active, unreachable", [.. Active, Unreachable], [Failing], [GetReadiness, Check]),
        ("left", [.. Active, new LeftCluster(Blue, false, Earlier), new NodeRemovalStarted(Kube, Earlier)],
            [Depart(Blue), RemoveNode], [Check]),
        ("evicted", [.. Active, new LeftCluster(Blue, true, Earlier), new NodeRemovalStarted(Kube, Earlier)], [RemoveNode], [Check]),
        ("deleted", [.. Active, new LeftCluster(Blue, false, Earlier), new Deleted(Earlier), new NodeRemovalStarted(Kube, Earlier)],
            [Depart(Blue), RemoveNode], []),
        ("deleted, refused",
            [.. Active, new LeftCluster(Blue, false, Earlier), new Deleted(Earlier), new NodeRemovalStarted(Kube, Earlier),
                new NodeProblem(Kube, "no", Earlier)],
            [Depart(Blue)], [RemoveNode]),
        ("deleted, cleaned up", [.. Ready, new Deleted(Earlier)], [], []),
    ];

    public static TheoryData<string> Cases => [.. Table.Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_host_requests_the_effects_of_its_state(string name)
    {
        var (_, history, outstanding, due) = Table.Single(row => row.Name == name);
        var host = Given(history).Host;
        Assert.Equal(outstanding, host.Outstanding(Now));
        Assert.Equal(due, host.Due());
    }
}
