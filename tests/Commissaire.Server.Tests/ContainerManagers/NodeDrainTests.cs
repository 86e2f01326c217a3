using Commissaire.ContainerManagers;
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

        Assert.Equal(
            "1 pod refused: demo/web-1 (Cannot evict pod as it would violate the pod's disruption budget. "
            + "The disruption budget web needs 1 healthy pods and has 1 currently)",
            (await Take(TurnSteps.Drain)).Detail);
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
        Kubernetes.AddNode("10.0.0.1").Cordon();
        Kubernetes.AddPod("demo", "log-1", "10.0.0.1", new() { Owner = "DaemonSet" });
        Kubernetes.AddPod("kube-system", "proxy", "10.0.0.1", new() { Mirror = true });
        Kubernetes.AddPod("demo", "job-1", "10.0.0.1", new() { Phase = "Succeeded" });
        Kubernetes.AddPod("demo", "job-2", "10.0.0.1", new() { Phase = "Failed" });

        Assert.True((await Take(TurnSteps.Drain)).Done);
        Assert.DoesNotContain(Kubernetes.Requests, request => request.Method is "POST" or "DELETE");
    }

    [Theory]
    [InlineData(422, "ValidatingAdmissionPolicy 'keep' with binding 'keep-all' denied request: ask ops first", "policy \"keep\"")]
    [InlineData(403, "ValidatingAdmissionPolicy 'keep' with binding 'keep-all' denied request: ask ops first", "policy \"keep\"")]
    [InlineData(403, "admission webhook \"keep.example.com\" denied the request: ask ops first", "webhook \"keep.example.com\"")]
    [InlineData(400, "admission webhook \"keep.example.com\" denied the request: ask ops first", "webhook \"keep.example.com\"")]
    public async Task Refused_pods_hide_no_others_and_are_asked_less_and_less_often(int status, string message, string by)
    {
        Kubernetes.AddNode("10.0.0.1").Cordon();
        for (var i = 0; i < 12; i++)
        {
            Kubernetes.AddPod("demo", $"a-keep{i}", "10.0.0.1");
        }

        Kubernetes.AddPod("demo", "web-1", "10.0.0.1", new() { Grace = 1 });
        using var denial = Kubernetes.DenyEvictions(pod => pod.Name.StartsWith("a-keep", StringComparison.Ordinal), status, message);

        Assert.Equal(
            $"12 pods refused by {by}: demo/a-keep0, demo/a-keep1, demo/a-keep10, … (ask ops first); 1 pod ending: demo/web-1",
            (await Drain()).Detail);
        await Eventually.True(() => Kubernetes.Pod("demo", "web-1") is null, "the other pod is gone");
        foreach (var (pause, asked) in new[] { (4.9, 1), (0.2, 2), (9.7, 2), (0.4, 3), (19, 3), (2, 4), (60, 5), (60, 6), (60, 7) })
        {
            Clock.Advance(TimeSpan.FromSeconds(pause));
            await Drain();
            await Drain();
            Assert.Equal(12 * asked, Kubernetes.Requests.Count(request => request.Status == status));
        }

        denial.Dispose();
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Drain();
        Assert.Equal(13, Kubernetes.Requests.Count(request => request is { Method: "POST", Status: 201 }));
    }

    [Fact]
    public async Task A_refusal_of_one_pod_survives_a_failure_of_the_connection()
    {
        Kubernetes.AddNode("10.0.0.1").Cordon();
        Kubernetes.AddPod("demo", "a-keep0", "10.0.0.1");
        Kubernetes.AddPod("demo", "web-1", "10.0.0.1");
        using var denial = Kubernetes.DenyEvictions(pod => pod.Name == "a-keep0", 422, "ValidatingAdmissionPolicy 'keep' denied request");
        Kubernetes.Fail(1, request => request.Path.EndsWith("/web-1/eviction", StringComparison.Ordinal), 0);

        await Assert.ThrowsAnyAsync<Exception>(() => Drain());
        await Drain();

        Assert.Equal(1, Count("POST", "/a-keep0/eviction"));
    }

    [Theory]
    [InlineData(null, "{\"gracePeriodSeconds\":30", "deleted with a grace period of 30 s")]
    [InlineData(5, "{\"gracePeriodSeconds\":5", "deleted with a grace period of 5 s")]
    [InlineData(0, "{\"gracePeriodSeconds\":0", "deleted without a grace period")]
    public async Task A_forced_drain_shortens_longer_grace_periods_once_and_says_which(int? grace, string sent, string how)
    {
        Pod(grace: 3600);
        Kubernetes.AddPod("demo", "db-1", "10.0.0.1", new() { Grace = 3600, Labels = new Dictionary<string, string> { ["app"] = "db" } });
        Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "0");
        await Drain();
        Assert.True(Kubernetes.Pod("demo", "db-1")!.Terminating);

        await Drain(force: true, grace);
        await Drain(force: true, grace);
        var done = await Eventually.Is(() => Drain(force: true, grace), progress => progress.Done, "the pods are gone");

        Assert.Equal($"2 pods {how}: demo/db-1, demo/web-1", Sorted(done.Detail));
        Assert.All(Kubernetes.Requests.Where(request => request.Method == "DELETE"),
            request => Assert.Contains(sent[1..], request.Body, StringComparison.Ordinal));
        Assert.Equal((1, 1), (Count("DELETE", "/pods/web-1"), Count("DELETE", "/pods/db-1")));
    }

    [Fact]
    public async Task A_forced_drain_leaves_shorter_grace_periods_as_they_are()
    {
        Pod(grace: 2);
        Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "0");
        await Drain();

        Assert.Equal("1 pod ending, deleted with their own grace period: demo/web-1", (await Drain(force: true)).Detail);

        Assert.DoesNotContain("gracePeriodSeconds", Assert.Single(Kubernetes.Requests, request => request.Method == "DELETE").Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_are_listed_in_pages()
    {
        Kubernetes.AddNode("10.0.0.1").Cordon();
        for (var i = 0; i < 12; i++)
        {
            Kubernetes.AddPod("demo", $"web-{i}", "10.0.0.1", new() { Grace = 1 });
        }

        Assert.Equal("12 pods ending: demo/web-0, demo/web-1, demo/web-10, …", (await Take(TurnSteps.Drain)).Detail);
        await Eventually.Is(() => Take(TurnSteps.Drain), progress => progress.Done, "all pods are gone");
        Assert.All(Kubernetes.Requests.Where(request => request.Path == "/api/v1/pods"),
            request => Assert.Contains("limit=500", request.Query, StringComparison.Ordinal));
    }

    // The order of two pods that are deleted at once is not defined.
    private static string Sorted(string detail) =>
        detail.Replace("demo/web-1, demo/db-1", "demo/db-1, demo/web-1", StringComparison.Ordinal);

    private Task<StepProgress> Drain(bool force = false, int? grace = null) => Take(TurnSteps.Drain, force: force, grace: grace);

    private LabPod Pod(int grace = 1)
    {
        Kubernetes.AddNode("10.0.0.1").Cordon();
        return Kubernetes.AddPod("demo", "web-1", "10.0.0.1", new() { Labels = Web, Grace = grace, Owner = "StatefulSet/web" });
    }

    private async Task AskedAgainAfter(TimeSpan pause, bool first = true)
    {
        if (first)
        {
            await Drain();
        }

        Clock.Advance(pause - TimeSpan.FromSeconds(0.1));
        await Drain();
        Assert.Equal(1, Count("POST", "/eviction"));
        Clock.Advance(TimeSpan.FromSeconds(0.2));
        await Drain();
        Assert.Equal(2, Count("POST", "/eviction"));
    }
}
