using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;
using k8s.Autorest;

namespace Commissaire.Server.Tests.ContainerManagers;

/// <summary>The health checks of a large fleet take one list, instead of a request for each host.</summary>
public sealed class NodeSnapshotTests : NodesSpec
{
    private static readonly HostAddress[] Fleet = [.. Enumerable.Range(1, 40).Select(i => HostAddress.Parse($"10.0.0.{i}"))];

    private int Reads => Kubernetes.Requests.Count(
        request => request.Method == "GET" && request.Path.StartsWith("/api/v1/nodes", StringComparison.Ordinal));

    [Fact]
    public async Task A_few_hosts_are_asked_for_one_by_one()
    {
        await Add(16);

        Assert.Equal(16, await Check(16));
        Assert.Equal(16, await Check(16));
    }

    [Fact]
    public async Task A_fleet_takes_one_list_in_half_a_minute()
    {
        await Add(40);

        Assert.Equal(17, await Check(40));
        Assert.Equal(0, await Check(40));
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await Check(40));
        Kubernetes.Node("10.0.0.7").Cordon();
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal((false, "is cordoned, but not by Commissaire"), await Nodes.GetReadiness(Fleet[6], Blue, default));
    }

    [Fact]
    public async Task A_change_by_a_run_is_seen_at_once()
    {
        await Add(40);
        await Check(40);

        await Take(TurnSteps.Cordon);
        Assert.Equal((false, "is cordoned by run blue.1"), await Nodes.GetReadiness(Host, Blue, default));
        Assert.Equal(40, await Check(40));
        Clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(1, await Check(40));
    }

    [Fact]
    public async Task A_host_that_is_not_in_the_list_is_looked_up()
    {
        await Add(40);
        await Check(40);
        Kubernetes.AddNode("worker-1", "10.0.0.41");

        Assert.Equal((true, ""), await Nodes.GetReadiness(HostAddress.Parse("10.0.0.41"), Blue, default));
        Assert.Equal("blue", Kubernetes.Node("worker-1").Labels["commissaire.io/cluster"]);
    }

    [Fact]
    public async Task A_list_that_failed_is_tried_again()
    {
        await Add(40);
        await Check(16);
        Kubernetes.Fail(1, request => request.Path.EndsWith("/nodes", StringComparison.Ordinal), 503);

        await Assert.ThrowsAsync<HttpOperationException>(() => Nodes.GetReadiness(Fleet[20], Blue, default));

        Assert.Equal((true, ""), await Nodes.GetReadiness(Fleet[20], Blue, default));
    }

    private async Task Add(int hosts)
    {
        foreach (var host in Fleet.Take(hosts))
        {
            Kubernetes.AddNode(host.Value, host.Value);
            await Nodes.EnsureNode(host, Blue, NodeOrigin.Created, default);
        }
    }

    // Returns the number of reads.
    private async Task<int> Check(int hosts)
    {
        var before = Reads;
        foreach (var host in Fleet.Take(hosts))
        {
            await Nodes.GetReadiness(host, Blue, default);
        }

        return Reads - before;
    }
}
