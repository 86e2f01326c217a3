using System.Net;
using Commissaire.Lab.Kubernetes;
using k8s;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class EvictionTests : ClusterTest
{
    private static readonly Dictionary<string, string> Web = new() { ["app"] = "web" };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Kubernetes.AddNode("n1");
    }

    [Fact]
    public async Task An_exhausted_budget_answers_429_without_saying_when_to_come_back()
    {
        Pod("web-1");
        Kubernetes.AddBudget("demo", "web", Web, minAvailable: "1");

        var (response, status) = await Clients.Refused(() => Client.CoreV1.Evict("demo", "web-1"));

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.DoesNotContain("Retry-After", response.Headers.Keys);
        Assert.Null(status.Details.RetryAfterSeconds);
        Assert.Equal(("TooManyRequests", "DisruptionBudget"), (status.Reason, status.Details.Causes[0].Reason));
        Assert.Equal("The disruption budget web needs 1 healthy pods and has 1 currently", status.Details.Causes[0].Message);
    }

    [Fact]
    public async Task A_budget_its_controller_has_not_seen_answers_429_and_asks_for_ten_seconds()
    {
        Pod("web-1");
        Kubernetes.AddBudget("demo", "web", Web, minAvailable: "0").Neglect();

        var (response, status) = await Clients.Refused(() => Client.CoreV1.Evict("demo", "web-1"));

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(["10"], response.Headers["Retry-After"]);
        Assert.Equal(10, status.Details.RetryAfterSeconds);
        Assert.Equal(("TooManyRequests", "DisruptionBudget"), (status.Reason, status.Details.Causes[0].Reason));

        Kubernetes.Budget("demo", "web").Observe();
        await Client.CoreV1.Evict("demo", "web-1");
    }

    [Fact]
    public async Task Two_budgets_on_one_pod_answer_500_without_a_reason_until_one_is_gone()
    {
        Pod("web-1");
        Kubernetes.AddBudget("demo", "web", Web, disruptionsAllowed: 1);
        var other = Kubernetes.AddBudget("demo", "other", Web, disruptionsAllowed: 1);

        for (var twice = 0; twice < 2; twice++)
        {
            var (response, status) = await Clients.Refused(() => Client.CoreV1.Evict("demo", "web-1"));
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.Null(status.Reason);
            Assert.Contains("more than one PodDisruptionBudget", status.Message);
        }

        other.Remove();
        await Client.CoreV1.Evict("demo", "web-1");
    }

    [Fact]
    public async Task A_budget_of_unavailable_pods_allows_nothing_for_pods_without_a_controller()
    {
        Pod("web-1");
        var budget = Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "1");

        var found = (await Client.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync("web", "demo")).Status;
        Assert.Equal((0, 0, 1, 0L), (found.ExpectedPods, found.DesiredHealthy, found.CurrentHealthy, budget.DisruptionsAllowed));
        var (refused, _) = await Clients.Refused(() => Client.CoreV1.Evict("demo", "web-1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
    }

    [Theory]
    [InlineData(422, "Invalid", "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no",
        "pods \"web-1\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no")]
    [InlineData(403, "Forbidden", "admission webhook \"w\" denied the request: no", "admission webhook \"w\" denied the request: no")]
    [InlineData(400, "BadRequest", "admission webhook \"w\" denied the request: no", "admission webhook \"w\" denied the request: no")]
    public async Task Admission_may_refuse_an_eviction_before_the_budget_is_asked(int code, string reason, string told, string message)
    {
        Pod("web-1");
        var budget = Kubernetes.AddBudget("demo", "web", Web, disruptionsAllowed: 1);
        using var denial = Kubernetes.DenyEvictions(pod => pod.Name == "web-1", code, told);

        var (response, status) = await Clients.Refused(() => Client.CoreV1.Evict("demo", "web-1"));

        Assert.Equal((code, reason, message), ((int)response.StatusCode, status.Reason, status.Message));
        Assert.Equal(1, budget.DisruptionsAllowed);
        denial.Dispose();
        await Client.CoreV1.Evict("demo", "web-1");
    }

    [Fact]
    public async Task A_deletion_without_a_grace_period_says_so()
    {
        Pod("web-1");

        var deleted = await Client.CoreV1.DeleteNamespacedPodAsync("web-1", "demo", gracePeriodSeconds: 0);

        Assert.Equal(0, deleted.Metadata.DeletionGracePeriodSeconds);
    }

    [Fact]
    public async Task A_budget_is_spent_by_an_eviction_that_is_refused_afterwards_and_comes_back_after_two_minutes()
    {
        var clock = await StopClock();
        Kubernetes.AddNode("n1");
        Pod("web-1");
        Pod("web-2");
        var budget = Kubernetes.AddBudget("demo", "web", Web, minAvailable: "1");
        Assert.Equal(1, budget.DisruptionsAllowed);

        var (response, status) = await Clients.Refused(() => Client.CoreV1.Evict("demo", "web-1", Guid.NewGuid().ToString()));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("Conflict", status.Reason);
        Assert.StartsWith("Operation cannot be fulfilled on Pod \"web-1\": the UID in the precondition (", status.Message);
        Assert.Contains(") does not match the UID in record (", status.Message);
        Assert.Equal("Pod", status.Details.Kind);
        Assert.Equal(0, budget.DisruptionsAllowed);
        Assert.Equal(["web-1"], budget.DisruptedPods);
        var (refused, _) = await Clients.Refused(() => Client.CoreV1.Evict("demo", "web-2"));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);

        // The controller counts the two minutes from when it first sees the eviction.
        await Eventually.True(
            () =>
            {
                clock.Advance(1);
                return budget.DisruptionsAllowed == 1;
            },
            "the pod did not end, so the budget has it back");
    }

    [Fact]
    public async Task An_accepted_eviction_ends_the_pod_after_its_own_grace_period_and_may_be_repeated_until_then()
    {
        var clock = await StopClock();
        Kubernetes.AddNode("n1");
        Pod("web-1", new LabPodOptions { Grace = 3600 });
        Pod("web-2", new LabPodOptions { Grace = 10 });

        await Client.CoreV1.Evict("demo", "web-1");
        await Client.CoreV1.Evict("demo", "web-1");
        var ending = await Client.CoreV1.ReadNamespacedPodAsync("web-1", "demo");
        Assert.NotNull(ending.Metadata.DeletionTimestamp);
        Assert.Equal(3600, ending.Metadata.DeletionGracePeriodSeconds);
        Assert.Contains(ending.Status.Conditions, condition => condition is { Type: "DisruptionTarget", Reason: "EvictionByEvictionAPI" });

        await Client.CoreV1.Evict("demo", "web-2");
        clock.Advance(11);
        await Eventually.True(() => Kubernetes.Pod("demo", "web-2") is null, "the pod ends after ten seconds");
        Assert.NotNull(Kubernetes.Pod("demo", "web-1"));
        var (gone, _) = await Clients.Refused(() => Client.CoreV1.Evict("demo", "web-2"));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData("Pending")]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public async Task Pods_that_do_not_run_pass_by_their_budget(string phase)
    {
        Pod("web-1", new LabPodOptions { Labels = Web, Phase = phase });
        Kubernetes.AddBudget("demo", "web", Web, disruptionsAllowed: 0);

        await Client.CoreV1.Evict("demo", "web-1");
    }

    [Fact]
    public async Task A_pod_of_a_replica_set_comes_back_elsewhere_and_so_does_its_budget()
    {
        Kubernetes.AddNode("n2");
        Kubernetes.Node("n1").Cordon();
        Pod("web-1", new LabPodOptions { Labels = Web, Owner = "ReplicaSet", Grace = 1 });
        Pod("web-2", new LabPodOptions { Labels = Web, Owner = "ReplicaSet", Grace = 1 });
        var budget = Kubernetes.AddBudget("demo", "web", Web, maxUnavailable: "1");

        foreach (var name in (string[])["web-1", "web-2"])
        {
            await Eventually.True(() => budget.DisruptionsAllowed == 1, "the budget allows a disruption");
            await Client.CoreV1.Evict("demo", name);
        }

        await Eventually.True(
            () => Kubernetes.Pods.Count(pod => pod is { Node: "n2", Ready: true }) == 2 && Kubernetes.Pods.Length == 2,
            "both run on the other node");
    }

    [Fact]
    public async Task A_pod_of_a_stateful_set_comes_back_under_its_name_with_another_uid()
    {
        var before = Pod("db-0", new LabPodOptions { Owner = "StatefulSet", Grace = 1 });

        await Client.CoreV1.Evict("demo", "db-0", before.Uid);

        await Eventually.True(() => Kubernetes.Pod("demo", "db-0") is { } now && now.Uid != before.Uid, "the pod or node is back");
    }

    [Fact]
    public async Task Pods_of_daemon_sets_and_mirror_pods_come_back_to_a_cordoned_node()
    {
        Kubernetes.Node("n1").Cordon();
        Pod("log-1", new LabPodOptions { Owner = "DaemonSet", Grace = 1 });
        Pod("etcd-n1", new LabPodOptions { Mirror = true, Grace = 1 });
        var before = Kubernetes.Pods.Select(pod => pod.Uid).ToHashSet();

        await Client.CoreV1.Evict("demo", "log-1");
        await Client.CoreV1.Evict("demo", "etcd-n1");

        await Eventually.True(() => Kubernetes.Pods.Count(pod => pod.Node == "n1" && !before.Contains(pod.Uid)) == 2, "both are back");
        var pods = await Client.CoreV1.ListNamespacedPodAsync("demo", fieldSelector: "spec.nodeName=n1");
        Assert.Contains(pods.Items, pod => pod.Metadata.OwnerReferences?[0].Kind == "DaemonSet");
        Assert.Contains(pods.Items, pod => pod.Metadata.Annotations?.ContainsKey("kubernetes.io/config.mirror") is true);
    }

    [Fact]
    public async Task A_pod_on_a_node_whose_kubelet_is_silent_goes_on_terminating_unless_it_is_forced()
    {
        Pod("web-1", new LabPodOptions { Grace = 1 });
        Pod("web-2", new LabPodOptions { Grace = 1 });
        Kubernetes.Node("n1").Silence();

        await Client.CoreV1.DeleteNamespacedPodAsync("web-1", "demo");
        await Client.CoreV1.DeleteNamespacedPodAsync("web-2", "demo", gracePeriodSeconds: 0);

        Assert.Null(Kubernetes.Pod("demo", "web-2"));
        await Eventually.True(() => Kubernetes.Node("n1").ReadyStatus == "Unknown", "the node is given up");
        Assert.True(Kubernetes.Pod("demo", "web-1")?.Terminating);
        Kubernetes.Node("n1").Heartbeat("another boot");
        await Eventually.True(() => Kubernetes.Pod("demo", "web-1") is null, "the kubelet says that it has ended");
    }

    [Fact]
    public async Task Local_storage_and_owners_are_seen_in_the_pod()
    {
        Pod("web-1", new LabPodOptions { LocalStorage = true });

        var pod = await Client.CoreV1.ReadNamespacedPodAsync("web-1", "demo");

        Assert.NotNull(Assert.Single(pod.Spec.Volumes).EmptyDir);
        Assert.Null(pod.Metadata.OwnerReferences);
    }

    private LabPod Pod(string name, LabPodOptions? options = null) =>
        Kubernetes.AddPod("demo", name, "n1", options ?? new LabPodOptions { Labels = Web });
}
