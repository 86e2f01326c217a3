using Commissaire.Lab.Kubernetes;
using Commissaire.Runs;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.ContainerManagers;

public sealed class Draining : NodesSpec
{
    private static readonly Dictionary<string, string> Web = new() { ["app"] = "web" };

    [Fact]
    public async Task What_says_when_to_ask_again_is_asked_again_then()
    {
        Pod();
        Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "1").Neglect();

        await AskedAgainAfter(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_spent_budget_says_nothing_and_is_asked_again_after_a_while()
    {
        Pod();
        Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "0");

        Assert.Contains("demo/web-1 (Cannot evict pod as it would violate the pod's disruption budget. The disruption budget web needs 1 healthy pods and has 1 currently)", (await Take(TurnSteps.Drain)).Detail, StringComparison.Ordinal);
        await AskedAgainAfter(TimeSpan.FromSeconds(5), first: false);
    }

    [Fact]
    public async Task Two_budgets_are_named_and_asked_again_after_long()
    {
        Pod();
        Kubernetes.AddBudget("demo", "first", Web, maxUnavailable: "1");
        Kubernetes.AddBudget("demo", "second", Web, maxUnavailable: "1");
        Kubernetes.AddBudget("demo", "others", new Dictionary<string, string> { ["app"] = "db" }, maxUnavailable: "1");

        Assert.EndsWith("They are first and second.)", (await Take(TurnSteps.Drain)).Detail, StringComparison.Ordinal);
        await AskedAgainAfter(TimeSpan.FromSeconds(30), first: false);
    }

    [Fact]
    public async Task A_server_in_trouble_is_asked_again_after_a_while()
    {
        Pod();
        Kubernetes.Fail(1, asked => asked.Path.EndsWith("/eviction", StringComparison.Ordinal), 500);

        Assert.Contains("etcdserver: no leader", (await Take(TurnSteps.Drain)).Detail, StringComparison.Ordinal);
        await AskedAgainAfter(TimeSpan.FromSeconds(5), first: false);
    }

    [Fact]
    public async Task A_pod_is_evicted_once_by_its_uid_and_waited_for()
    {
        var pod = Pod(grace: 100);

        Assert.False((await Take(TurnSteps.Drain)).Done);
        Assert.False((await Take(TurnSteps.Drain)).Done);
        await Eventually.Is(() => Take(TurnSteps.Drain), progress => progress.Done, "the pod is gone");

        var asked = Assert.Single(Kubernetes.Requests, asked => asked.Method == "POST");
        Assert.Equal("/api/v1/namespaces/demo/pods/web-1/eviction", asked.Path);
        Assert.Equal("application/json", asked.ContentType.Split(';')[0]);
        Assert.Contains("\"apiVersion\":\"policy/v1\"", asked.Body, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"Eviction\"", asked.Body, StringComparison.Ordinal);
        Assert.Contains($"\"uid\":\"{pod.Uid}\"", asked.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_that_would_come_back_and_those_that_have_ended_are_left_alone()
    {
        Kubernetes.AddNode("10.0.0.1");
        Kubernetes.AddPod("demo", "log-1", "10.0.0.1", new() { Owner = "DaemonSet" });
        Kubernetes.AddPod("kube-system", "proxy", "10.0.0.1", new() { Mirror = true });
        Kubernetes.AddPod("demo", "job-1", "10.0.0.1", new() { Phase = "Succeeded" });
        Kubernetes.AddPod("demo", "job-2", "10.0.0.1", new() { Phase = "Failed" });

        Assert.True((await Take(TurnSteps.Drain)).Done);
        Assert.DoesNotContain(Kubernetes.Requests, asked => asked.Method is "POST" or "DELETE");
    }

    [Fact]
    public async Task A_forced_drain_deletes_what_no_budget_lets_go()
    {
        Pod();
        Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "0");
        await Take(TurnSteps.Drain);

        await Take(TurnSteps.Drain, force: true);

        Assert.Equal(1, Asked("DELETE", "/pods/web-1"));
        await Eventually.Is(() => Take(TurnSteps.Drain, force: true), progress => progress.Done, "the pod is gone");
    }

    [Fact]
    public async Task Pods_are_found_page_by_page()
    {
        Kubernetes.AddNode("10.0.0.1");
        for (var i = 0; i < 12; i++)
        {
            Kubernetes.AddPod("demo", $"web-{i}", "10.0.0.1", new() { Grace = 1 });
        }

        Assert.StartsWith("12 pods are left: demo/web-0, demo/web-1, demo/web-10, …", (await Take(TurnSteps.Drain)).Detail, StringComparison.Ordinal);
        await Eventually.Is(() => Take(TurnSteps.Drain), progress => progress.Done, "all pods are gone");
        Assert.All(Kubernetes.Requests.Where(asked => asked.Path == "/api/v1/pods"), asked => Assert.Contains("limit=500", asked.Query, StringComparison.Ordinal));
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
        Assert.Equal(1, Asked("POST", "/eviction"));
        Clock.Advance(TimeSpan.FromSeconds(0.2));
        await Take(TurnSteps.Drain);
        Assert.Equal(2, Asked("POST", "/eviction"));
    }
}
