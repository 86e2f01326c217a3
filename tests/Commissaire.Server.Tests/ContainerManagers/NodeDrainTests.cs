using Commissaire.Lab.Kubernetes;
using Commissaire.Runs;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.ContainerManagers;

public sealed class NodeDrainTests : NodesSpec
{
    private static readonly Dictionary<string, string> Web = new() { ["app"] = "web" };

    [Fact]
    public async Task A_rejected_eviction_is_retried_after_Retry_After()
    {
        Pod();
        Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "1").Neglect();

        await AskedAgainAfter(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_exhausted_budget_is_retried_after_5_seconds()
    {
        Pod();
        Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "0");

        Assert.Contains(
            "demo/web-1 (Cannot evict pod as it would violate the pod's disruption budget. "
            + "The disruption budget web needs 1 healthy pods and has 1 currently)",
            (await Take(TurnSteps.Drain)).Detail, StringComparison.Ordinal);
        await AskedAgainAfter(TimeSpan.FromSeconds(5), first: false);
    }

    [Fact]
    public async Task Two_budgets_are_named_and_retried_after_30_seconds()
    {
        Pod();
        Kubernetes.AddBudget("demo", "first", Web, maxUnavailable: "1");
        Kubernetes.AddBudget("demo", "second", Web, maxUnavailable: "1");
        Kubernetes.AddBudget("demo", "others", new Dictionary<string, string> { ["app"] = "db" }, maxUnavailable: "1");

        Assert.EndsWith("The budgets are first and second.)", (await Take(TurnSteps.Drain)).Detail, StringComparison.Ordinal);
        await AskedAgainAfter(TimeSpan.FromSeconds(30), first: false);
    }

    [Fact]
    public async Task A_server_error_is_retried_after_5_seconds()
    {
        Pod();
        Kubernetes.Fail(1, request => request.Path.EndsWith("/eviction", StringComparison.Ordinal), 500);

        Assert.Contains("etcdserver: no leader", (await Take(TurnSteps.Drain)).Detail, StringComparison.Ordinal);
        await AskedAgainAfter(TimeSpan.FromSeconds(5), first: false);
    }

    [Fact]
    public async Task A_pod_is_evicted_once_by_its_uid()
    {
        var pod = Pod(grace: 100);

        Assert.False((await Take(TurnSteps.Drain)).Done);
        Assert.False((await Take(TurnSteps.Drain)).Done);
        await Eventually.Is(() => Take(TurnSteps.Drain), progress => progress.Done, "the pod is gone");

        var request = Assert.Single(Kubernetes.Requests, request => request.Method == "POST");
        Assert.Equal("/api/v1/namespaces/demo/pods/web-1/eviction", request.Path);
        Assert.Equal("application/json", request.ContentType.Split(';')[0]);
        Assert.Contains("\"apiVersion\":\"policy/v1\"", request.Body, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"Eviction\"", request.Body, StringComparison.Ordinal);
        Assert.Contains($"\"uid\":\"{pod.Uid}\"", request.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_mirror_and_finished_pods_are_ignored()
    {
        Kubernetes.AddNode("10.0.0.1");
        Kubernetes.AddPod("demo", "log-1", "10.0.0.1", new() { Owner = "DaemonSet" });
        Kubernetes.AddPod("kube-system", "proxy", "10.0.0.1", new() { Mirror = true });
        Kubernetes.AddPod("demo", "job-1", "10.0.0.1", new() { Phase = "Succeeded" });
        Kubernetes.AddPod("demo", "job-2", "10.0.0.1", new() { Phase = "Failed" });

        Assert.True((await Take(TurnSteps.Drain)).Done);
        Assert.DoesNotContain(Kubernetes.Requests, request => request.Method is "POST" or "DELETE");
    }

    [Fact]
    public async Task A_forced_drain_deletes_blocked_pods()
    {
        Pod();
        Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "0");
        await Take(TurnSteps.Drain);

        await Take(TurnSteps.Drain, force: true);

        Assert.Equal(1, Count("DELETE", "/pods/web-1"));
        await Eventually.Is(() => Take(TurnSteps.Drain, force: true), progress => progress.Done, "the pod is gone");
    }

    [Fact]
    public async Task Pods_are_listed_in_pages()
    {
        Kubernetes.AddNode("10.0.0.1");
        for (var i = 0; i < 12; i++)
        {
            Kubernetes.AddPod("demo", $"web-{i}", "10.0.0.1", new() { Grace = 1 });
        }

        Assert.StartsWith(
            "12 pods are left: demo/web-0, demo/web-1, demo/web-10, …", (await Take(TurnSteps.Drain)).Detail, StringComparison.Ordinal);
        await Eventually.Is(() => Take(TurnSteps.Drain), progress => progress.Done, "all pods are gone");
        Assert.All(Kubernetes.Requests.Where(request => request.Path == "/api/v1/pods"),
            request => Assert.Contains("limit=500", request.Query, StringComparison.Ordinal));
    }

    private LabPod Pod(int grace = 1)
    {
        Kubernetes.AddNode("10.0.0.1");
        return Kubernetes.AddPod("demo", "web-1", "10.0.0.1", new() { Labels = Web, Grace = grace });
    }

    private async Task AskedAgainAfter(TimeSpan pause, bool first = true)
    {
        if (first)
        {
            await Take(TurnSteps.Drain);
        }

        Clock.Advance(pause - TimeSpan.FromSeconds(0.1));
        await Take(TurnSteps.Drain);
        Assert.Equal(1, Count("POST", "/eviction"));
        Clock.Advance(TimeSpan.FromSeconds(0.2));
        await Take(TurnSteps.Drain);
        Assert.Equal(2, Count("POST", "/eviction"));
    }
}
