using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostEffect;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>What a host asks of the world at once, and what it asks again at each health check.</summary>
public sealed class WhatIsGoingOn : HostSpec
{
    private static readonly Failed Gone = new("gone", "", null, Then);
    private static readonly Failed Strange = new("another key", "", OtherKey, Then);
    private static readonly Report Failing = new(Blue, Kube, true, HostStatus.Failed, "gone", 1);

    private static readonly (string Case, HostEvent[] History, HostEffect[] AtOnce, HostEffect[] Again)[] Table =
    [
        ("nobody registered it", [], [], []),
        ("registered", Alone, [new Investigate()], [new Investigate()]),
        ("registered, gone", [.. Alone, Gone], [], [new Investigate()]),
        ("registered, another key", [.. Alone, Strange], [], [new Check()]),
        ("known", Known, [new FindNetwork(null)], [new FindNetwork(null)]),
        ("known, no network", [.. Known, Gone], [], [new FindNetwork(null)]),
        ("installing", Installing, [new RunStep("install-docker")], [new RunStep("install-docker")]),
        ("installing, gone", [.. Installing, Gone], [], [new RunStep("install-docker")]),
        ("installing, another key", [.. Installing, Strange], [], [new Check()]),
        ("ready", Ready, [], [new Check()]),
        ("ready, gone", [.. Ready, Gone], [], [new Check()]),
        ("joined", [.. Ready, new JoinedCluster(Blue, Then)],
            [new Report(Blue, null, false, HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'blue'")], [new Check()]),
        ("becoming a node", BecomingNode,
            [new RegisterNode(Kube), new Report(Blue, Kube, true, HostStatus.Disassociated, "container manager 'kube' has been asked to add its node")],
            [new Check()]),
        ("becoming a node, refused", [.. BecomingNode, new NodeProblem(Kube, "no", Then)],
            [new Report(Blue, Kube, true, HostStatus.Disassociated, "container manager 'kube': no")], [new RegisterNode(Kube), new Check()]),
        ("active", Active, [new Report(Blue, Kube, true, HostStatus.Active, "ready, and a node of container manager 'kube'")],
            [new WatchNode(Kube), new Check()]),
        ("active, gone", [.. Active, Gone], [Failing], [new WatchNode(Kube), new Check()]),
        ("left", [.. Active, new LeftCluster(Blue, false, Then), new NodeRemovalStarted(Kube, Then)],
            [new Depart(Blue), new RemoveNode(Kube)], [new Check()]),
        ("evicted", [.. Active, new LeftCluster(Blue, true, Then), new NodeRemovalStarted(Kube, Then)], [new RemoveNode(Kube)], [new Check()]),
        ("deleted", [.. Active, new LeftCluster(Blue, false, Then), new Deleted(Then), new NodeRemovalStarted(Kube, Then)],
            [new Depart(Blue), new RemoveNode(Kube)], []),
        ("deleted, refused",
            [.. Active, new LeftCluster(Blue, false, Then), new Deleted(Then), new NodeRemovalStarted(Kube, Then), new NodeProblem(Kube, "no", Then)],
            [new Depart(Blue)], [new RemoveNode(Kube)]),
        ("deleted, undone", [.. Ready, new Deleted(Then)], [], []),
    ];

    public static TheoryData<string> Cases => [.. Table.Select(row => row.Case)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void When_it_is(string called)
    {
        var (_, history, atOnce, again) = Table.Single(row => row.Case == called);
        var host = Given(history).Host;
        Assert.Equal(atOnce, host.Outstanding());
        Assert.Equal(again, host.Due());
    }
}
