using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Hosts as nodes of Kubernetes: how they come to be, how they are shown, and how they go.</summary>
public sealed class NodesTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Theory]
    [InlineData("kubernetes")]
    [InlineData("openshift")]
    public async Task A_host_without_a_node_gets_one_that_says_whose_it_is(string type)
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, type);
        var host = await fixture.AddHost(LabOs.Atomic);
        k.Kubernetes.AddKubelet(host, registers: false);

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host, "active");

        var made = Assert.Single(k.Kubernetes.Requests, request => request is { Method: "POST", Status: 201 });
        Assert.Equal("/api/v1/nodes", made.Path);
        Assert.StartsWith("application/json", made.ContentType, StringComparison.Ordinal);
        Assert.Equal([$"{host.Address}"], k.Kubernetes.Nodes.AsEnumerable());
        AssertOurs(k, $"{host.Address}", host);
        await Eventually.Matches(
            () => fixture.Server.Get($"/host/{host.Address}/status"), seen => NodeOf(seen, "status") == "Ready", "the node is ready");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_host_whose_kubelet_registered_itself_is_found_by_address_or_name(bool byName)
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture);
        var host = await fixture.AddHost(LabOs.Atomic);
        var name = byName ? $"{host.Address}" : "worker-1.example.com";
        k.Kubernetes.AddNode("other.example.com", "10.9.9.9");
        k.Kubernetes.AddKubelet(host, name);
        await Eventually.True(() => k.Kubernetes.Node(name).ReadyStatus == "True", "the node is there");

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host, "active");

        Assert.DoesNotContain(k.Kubernetes.Requests, request => request.Method == "POST");
        AssertOurs(k, name, host);
        var status = (await fixture.Server.Get($"/host/{host.Address}/status")).Ok();
        Assert.Equal((name, "Ready", "true", host.BootId),
            (NodeOf(status, "node"), NodeOf(status, "status"), NodeOf(status, "schedulable"), NodeOf(status, "boot_id")));
        Assert.Empty(k.Kubernetes.Node("other.example.com").Annotations);
    }

    [Fact]
    public async Task Only_the_nodes_of_hosts_that_leave_are_removed()
    {
        await using var k = await KubernetesFleet.Create(fixture, 3);
        k.Kubernetes.AddNode("somebody-elses", "10.9.9.8");
        var (leaves, deleted, stays) = (k.Fleet.Hosts[0], k.Fleet.Hosts[1], k.Fleet.Hosts[2]);

        (await fixture.Server.Delete($"{k.Fleet.Path}/hosts/{leaves.Address}")).Ok();
        (await fixture.Server.Delete($"/host/{deleted.Address}")).Ok();
        await Eventually.True(() => !k.Node(leaves).Exists && !k.Node(deleted).Exists, "the nodes of those that left are gone");
        Assert.True(k.Node(stays).Exists);
        (await fixture.Server.Delete(k.Fleet.Path)).Ok();
        await Eventually.True(() => !k.Node(stays).Exists, "the cluster's node is gone");

        Assert.Equal(["somebody-elses"], k.Kubernetes.Nodes.AsEnumerable());
        Assert.All(k.Kubernetes.Requests.Where(request => request.Method == "DELETE"),
            request => Assert.Matches(@"^/api/v1/nodes/127\.", request.Path));
        (await fixture.Server.Delete($"/containermanager/{k.Manager}")).Ok();
    }

    [Fact]
    public async Task A_node_that_belongs_to_another_host_is_not_taken()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture);
        var host = await fixture.AddHost(LabOs.Atomic);
        k.Kubernetes.AddNode($"{host.Address}").Annotate("commissaire.io/address", "10.9.9.7");

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host,
            seen => seen["reason"].EndsWith($"node '{host.Address}' belongs to host 10.9.9.7", StringComparison.Ordinal),
            "rejected because of the owner of the node");
        (await fixture.Server.Delete($"/host/{host.Address}")).Ok();

        await k.WaitForManager(seen => seen["reachable"] == "True", "the API is there");
        Assert.DoesNotContain(k.Kubernetes.Requests, request => request.Method is "DELETE" or "PATCH");
        Assert.True(k.Node(host).Exists);
    }

    [Fact]
    public async Task A_host_whose_node_is_not_ready_says_so_and_returns_with_it()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture);
        var host = await fixture.AddHost(LabOs.Atomic);
        var kubelet = k.Kubernetes.AddKubelet(host);
        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host, "active");

        kubelet.Stop();
        var seen = await fixture.WaitFor(host, "disassociated");
        var status = (await fixture.Server.Get($"/host/{host.Address}/status")).Ok();
        var degraded = (await fixture.Server.Get(k.Fleet.Path)).Ok();
        kubelet.Start();

        Assert.Contains("is not ready: NodeStatusUnknown, Kubelet stopped posting node status.", seen["reason"], StringComparison.Ordinal);
        Assert.Equal(("NotReady", "Kubelet stopped posting node status."), (NodeOf(status, "status"), NodeOf(status, "reason")));
        Assert.Equal("failed", degraded["status"]);
        await fixture.WaitFor(host, "active");
        Assert.Contains("node-usable", await fixture.History(host));
    }

    [Fact]
    public async Task A_host_waits_for_an_api_that_is_away_and_for_one_in_trouble()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture);
        var host = await fixture.AddHost(LabOs.Atomic);
        k.Kubernetes.AddKubelet(host, registers: false);
        k.Kubernetes.Fail(2, request => request.Method == "POST", 503);
        k.Kubernetes.LoseAnswers(1, request => request.Method == "POST" && request.Status == 201);
        await k.Kubernetes.Stop();

        await fixture.Register(host, k.Fleet.Name);
        var waiting = await fixture.WaitFor(host, seen => seen["status"] == "disassociated"
            && seen["reason"].Contains("the API cannot be reached", StringComparison.Ordinal), "waiting for the API");
        await k.Kubernetes.Start();
        await fixture.WaitFor(host, "active");

        Assert.Equal("the container manager is asked again", waiting["next"]);
        Assert.Equal([$"{host.Address}"], k.Kubernetes.Nodes.AsEnumerable());
        Assert.Equal([503, 503, 201], k.Kubernetes.Requests.Where(request => request.Method == "POST").Select(request => request.Status));
    }

    [Fact]
    public async Task An_api_that_is_away_is_shown_in_the_status_of_hosts_and_removes_nodes_when_it_is_back()
    {
        await using var k = await KubernetesFleet.Create(fixture, 2);
        var host = k.Fleet.Hosts[0];
        await k.Kubernetes.Stop();

        var status = (await fixture.Server.Get($"/host/{host.Address}/status")).Ok();
        (await fixture.Server.Delete($"/host/{host.Address}")).Ok();
        await fixture.Server.KillAndStart();
        await k.Kubernetes.Start();

        Assert.Equal("Unknown", NodeOf(status, "status"));
        Assert.StartsWith("the API cannot be reached", NodeOf(status, "reason"), StringComparison.Ordinal);
        await Eventually.True(() => !k.Node(host).Exists, "the node is gone");
        await fixture.WaitFor(k.Fleet.Hosts[1], "active");
        Assert.True(k.Node(k.Fleet.Hosts[1]).Exists);
    }

    [Fact]
    public async Task A_slow_api_holds_nothing_up()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        using (k.Kubernetes.Hold(request => request.Path.StartsWith("/api/", StringComparison.Ordinal)))
        {
            var idle = new IdleTime();
            await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => fixture.Server.Get($"/host/{k.Fleet.Addresses[0]}")));
            Assert.InRange(idle.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
            await k.WaitForManager(seen => seen.Code == 200, "the container manager answers");
        }

        await fixture.WaitFor(k.Fleet.Hosts[0], "active");
    }

    private static string NodeOf(Reply status, string fact) =>
        status.Json.GetProperty("container_manager").TryGetProperty(fact, out var value) ? $"{value}" : "";

    private static void AssertOurs(KubernetesFleet k, string node, LabHost host)
    {
        Assert.Equal(k.Fleet.Name, k.Kubernetes.Node(node).Labels["commissaire.io/cluster"]);
        Assert.Equal($"{host.Address}", k.Kubernetes.Node(node).Labels["commissaire.io/address"]);
        Assert.Equal($"{host.Address}", k.Kubernetes.Node(node).Annotations["commissaire.io/address"]);
    }
}
