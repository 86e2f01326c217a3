using Commissaire.Lab.Hosts;
using Commissaire.Lab.Kubernetes;

namespace Commissaire.Acceptance.Tests;

/// <summary>Restarts of hosts that are Kubernetes nodes.</summary>
public sealed class DrainingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_budget_that_allows_one_at_a_time_has_hosts_drained_one_after_the_other()
    {
        await using var k = await KubernetesFleet.Create(fixture, 3);
        k.AddPods();
        k.Kubernetes.AddBudget("demo", "web", KubernetesFleet.Web, minAvailable: "2");

        var over = await k.Fleet.Run("restart", new { max_unavailable = 2 });

        Assert.Equal("finished", over["status"]);
        Assert.Equal(k.Fleet.Addresses, Fleet.List(over, "restarted").Order(StringComparer.Ordinal));
        Assert.True(k.Evictions.Count(status => status == 201) >= 3, string.Join(' ', k.Evictions));
        Assert.All(k.Fleet.Hosts, host => AssertBack(k, host));
        await Eventually.True(() => k.Kubernetes.Pods.Count(pod => pod.Ready) == 3, "all pods are back");
    }

    [Fact]
    public async Task A_budget_that_allows_none_fails_the_drain_in_time_and_the_node_is_uncordoned()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        var host = k.Fleet.Hosts[0];
        k.AddPods();
        k.Kubernetes.AddBudget("demo", "web", KubernetesFleet.Web, maxUnavailable: "0");

        await k.Fleet.Start("restart", new { drain_timeout = 20 });
        var waiting = await k.Fleet.WaitFor(seen => Fleet.Result(seen, host).Reason.Length > 0, "the run reports the blocking pod");
        var over = await k.Fleet.WaitForEnd();

        Assert.Equal(("in_process", "drain"), (Fleet.Result(waiting, host).Outcome, Fleet.Result(waiting, host).Step));
        Assert.Contains("demo/web-0", Fleet.Result(waiting, host).Reason, StringComparison.Ordinal);
        Assert.Equal("failed", over["status"]);
        var (outcome, step, reason) = Fleet.Result(over, host);
        Assert.Equal(("failed", "drain"), (outcome, step));
        Assert.Contains("not done within 20 s", reason, StringComparison.Ordinal);
        Assert.Contains("demo/web-0", reason, StringComparison.Ordinal);
        Assert.Contains("The disruption budget web needs 1 healthy pods", reason, StringComparison.Ordinal);
        Assert.Equal(1, host.Boots);
        Assert.False(k.Node(host).Unschedulable);
        Assert.DoesNotContain("commissaire.io/cordoned-by", k.Node(host).Annotations.Keys);
        Assert.True(k.Kubernetes.Pod("demo", "web-0")!.Ready);
        await fixture.WaitFor(host, "active");
    }

    [Fact]
    public async Task A_forced_drain_ends_what_does_not_go()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        var host = k.Fleet.Hosts[0];
        k.AddPods();
        k.Kubernetes.AddPod("demo", "log-1", $"{host.Address}", new LabPodOptions { Owner = "DaemonSet" });
        k.Kubernetes.AddPod("kube-system", "proxy", $"{host.Address}", new LabPodOptions { Mirror = true });
        k.Kubernetes.AddBudget("demo", "web", KubernetesFleet.Web, maxUnavailable: "0");

        var over = await k.Fleet.Run("restart", new { drain_timeout = 2, on_drain_timeout = "force" });

        Assert.Equal("finished", over["status"]);
        AssertBack(k, host);
        Assert.Contains(
            k.Kubernetes.Requests, request => request is { Method: "DELETE", Path: "/api/v1/namespaces/demo/pods/web-0", Status: 200 });
        Assert.DoesNotContain(k.Kubernetes.Requests, request => request.Method is "DELETE" or "POST"
            && (request.Path.Contains("log-1", StringComparison.Ordinal) || request.Path.Contains("proxy", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Two_budgets_on_one_pod_are_named_and_not_asked_over_and_over()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        k.AddPods();
        k.Kubernetes.AddBudget("demo", "first", KubernetesFleet.Web, maxUnavailable: "1");
        k.Kubernetes.AddBudget("demo", "second", KubernetesFleet.Web, maxUnavailable: "1");

        var over = await k.Fleet.Run("restart", new { drain_timeout = 20 });

        Assert.Contains("more than one PodDisruptionBudget", Fleet.Result(over, k.Fleet.Hosts[0]).Reason, StringComparison.Ordinal);
        Assert.Contains("first and second", Fleet.Result(over, k.Fleet.Hosts[0]).Reason, StringComparison.Ordinal);
        Assert.Equal([500], k.Evictions);
        Assert.False(k.Node(k.Fleet.Hosts[0]).Unschedulable);
    }

    [Fact]
    public async Task A_budget_that_its_controller_has_not_seen_is_asked_again_when_it_says_so()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        k.AddPods();
        var budget = k.Kubernetes.AddBudget("demo", "web", KubernetesFleet.Web, maxUnavailable: "1");
        budget.Neglect();

        await k.Fleet.Start("restart");
        await Eventually.True(() => k.Evictions.Count >= 2, "it was asked again");
        budget.Observe();
        var over = await k.Fleet.WaitForEnd();

        Assert.Equal("finished", over["status"]);
        Assert.Equal(201, k.Evictions[^1]);
        Assert.All(k.Evictions.SkipLast(1), status => Assert.Equal(429, status));
    }

    [Fact]
    public async Task A_node_that_somebody_else_cordoned_stays_cordoned()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        var host = k.Fleet.Hosts[0];
        k.AddPods();
        k.Node(host).Cordon();
        await fixture.WaitFor(
            host, seen => seen["reason"].EndsWith("is cordoned, but not by Commissaire", StringComparison.Ordinal), "seen to be cordoned");

        var over = await k.Fleet.Run("restart");

        Assert.Equal("finished", over["status"]);
        Assert.Equal(2, host.Boots);
        Assert.True(k.Node(host).Unschedulable);
        Assert.DoesNotContain("commissaire.io/cordoned-by", k.Node(host).Annotations.Keys);
        Assert.DoesNotContain("web-0", k.Kubernetes.Pods.Select(pod => pod.Name));
        Assert.Contains("the node was already cordoned, and stays cordoned", await k.Fleet.TurnHistory(host));
    }

    [Fact]
    public async Task An_api_that_goes_away_during_a_drain_is_waited_for()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        var host = k.Fleet.Hosts[0];
        var budget = await Stuck(k);

        await k.Kubernetes.Stop();
        await k.Fleet.WaitFor(seen => Fleet.Result(seen, host).Reason.Contains("cannot be reached", StringComparison.Ordinal),
            "the run says that the API is away");
        await k.WaitForManager(seen => seen["reachable"] == "False", "the container manager is not reachable");
        await k.Kubernetes.Start();
        budget.Allow(1);
        var over = await k.Fleet.WaitForEnd();

        Assert.Equal("finished", over["status"]);
        AssertBack(k, host);
        Assert.Equal(1, k.Cordons(host));
        await k.WaitForManager(
            seen => seen["reachable"] == "True" && seen["last_error"].Length == 0, "the container manager is reachable again");
    }

    [Fact]
    public async Task A_server_that_is_killed_during_a_drain_goes_on_with_it()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        var budget = await Stuck(k);

        await fixture.Server.KillAndStart();
        budget.Allow(1);
        var over = await k.Fleet.WaitForEnd();

        Assert.Equal("finished", over["status"]);
        AssertBack(k, k.Fleet.Hosts[0]);
        Assert.Equal(1, k.Cordons(k.Fleet.Hosts[0]));
        Assert.Single(k.Evictions, 201);
    }

    [Fact]
    public async Task A_cordon_whose_answer_is_lost_is_known_as_our_own()
    {
        await using var k = await KubernetesFleet.Create(fixture, 1);
        k.Kubernetes.LoseAnswers(1, request => request.Method == "PATCH");

        var over = await k.Fleet.Run("restart");

        Assert.Equal("finished", over["status"]);
        AssertBack(k, k.Fleet.Hosts[0]);
        Assert.Equal(1, k.Cordons(k.Fleet.Hosts[0]));
    }

    [Fact]
    public async Task A_host_is_not_back_before_its_kubelet_has_told_the_new_boot()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture);
        var host = await fixture.AddHost(LabOs.Atomic);
        var node = k.Kubernetes.AddNode($"{host.Address}", $"{host.Address}");
        node.Heartbeat(host.BootId);
        node.Ready(true);
        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host, "active");
        var fleet = Fleet.Existing(fixture, k.Fleet.Name, [host]);

        // The node still looks ready, because its kubelet is not considered lost yet.
        await fleet.Start("restart");
        await fleet.WaitFor(seen => Fleet.Result(seen, host) is
        {
            Step: "node-ready",
            Reason: "the node has not reported the new boot yet"
        }, "the run reports what it waits for");
        Assert.Equal("True", node.ReadyStatus);
        node.Heartbeat(host.BootId);
        node.Ready(true);
        var over = await fleet.WaitForEnd();

        Assert.Equal("finished", over["status"]);
        Assert.Equal(host.BootId, k.Node(host).BootId);
        AssertBack(k, host);
    }

    // Starts a drain that a budget blocks.
    private static async Task<LabBudget> Stuck(KubernetesFleet k)
    {
        k.AddPods();
        var budget = k.Kubernetes.AddBudget("demo", "web", KubernetesFleet.Web, disruptionsAllowed: 0);
        await k.Fleet.Start("restart");
        await k.Fleet.WaitForStep(k.Fleet.Hosts[0], "drain");
        await Eventually.True(() => k.Evictions.Contains(429), "an eviction was refused");
        return budget;
    }

    private static void AssertBack(KubernetesFleet k, LabHost host)
    {
        Assert.Equal(2, host.Boots);
        Assert.False(k.Node(host).Unschedulable);
        Assert.DoesNotContain("commissaire.io/cordoned-by", k.Node(host).Annotations.Keys);
    }
}
