using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>What a host asks of the world at once, and what it asks again at each health check.</summary>
public sealed class WhatIsGoingOn : HostSpec
{
    private static readonly Failed Gone = new("gone", "", null, Then);
    private static readonly Failed Strange = new("another key", "", OtherKey, Then);
    private static readonly HostEffect Failing = Report(Blue, WithKube, HostStatus.Failed, "gone", 1);

    private static readonly (string Case, HostEvent[] History, HostEffect[] AtOnce, HostEffect[] Again)[] Table =
    [
        ("nobody registered it", [], [], []),
        ("registered", Alone, [Investigate], [Investigate]),
        ("registered, gone", [.. Alone, Gone], [], [Investigate]),
        ("registered, another key", [.. Alone, Strange], [], [Check]),
        ("known", Known, [AskForNetwork], [AskForNetwork]),
        ("known, no network", [.. Known, Gone], [], [AskForNetwork]),
        ("installing", Installing, [RunsStep("install-docker")], [RunsStep("install-docker")]),
        ("installing, gone", [.. Installing, Gone], [], [RunsStep("install-docker")]),
        ("installing, another key", [.. Installing, Strange], [], [Check]),
        ("ready", Ready, [], [Check]),
        ("ready, gone", [.. Ready, Gone], [], [Check]),
        ("joined", [.. Ready, new JoinedCluster(Blue, Then)],
            [Report(Blue, null, HostStatus.Disassociated, "ready, and waiting to be listed by cluster 'blue'")], [Check]),
        ("becoming a node", BecomingNode,
            [EnsureNode, Report(Blue, WithKube, HostStatus.Disassociated, "container manager 'kube' was asked to add its node")],
            [Check]),
        ("becoming a node, refused", [.. BecomingNode, new NodeProblem(Kube, "no", Then)],
            [Report(Blue, WithKube, HostStatus.Disassociated, "container manager 'kube': no")], [EnsureNode, Check]),
        ("active", Active, [Report(Blue, WithKube, HostStatus.Active, "ready, and a node of container manager 'kube'")],
            [GetReadiness, Check]),
        ("active, gone", [.. Active, Gone], [Failing], [GetReadiness, Check]),
        ("left", [.. Active, new LeftCluster(Blue, false, Then), new NodeRemovalStarted(Kube, Then)],
            [Depart(Blue), RemoveNode], [Check]),
        ("evicted", [.. Active, new LeftCluster(Blue, true, Then), new NodeRemovalStarted(Kube, Then)], [RemoveNode], [Check]),
        ("deleted", [.. Active, new LeftCluster(Blue, false, Then), new Deleted(Then), new NodeRemovalStarted(Kube, Then)],
            [Depart(Blue), RemoveNode], []),
        ("deleted, refused",
            [.. Active, new LeftCluster(Blue, false, Then), new Deleted(Then), new NodeRemovalStarted(Kube, Then), new NodeProblem(Kube, "no", Then)],
            [Depart(Blue)], [RemoveNode]),
        ("deleted, undone", [.. Ready, new Deleted(Then)], [], []),
    ];

    public static TheoryData<string> Cases => [.. Table.Select(row => row.Case)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void When_it_is(string called)
    {
        var (_, history, atOnce, again) = Table.Single(row => row.Case == called);
        var host = Given(history).Host;
        Assert.Equal(atOnce, host.Outstanding(Now));
        Assert.Equal(again, host.Due());
    }
}
