using System.Net;
using k8s;
using k8s.Models;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class ListTests : ClusterTest
{
    [Fact]
    public async Task A_list_comes_in_pages_that_all_show_the_moment_of_the_first()
    {
        foreach (var number in Enumerable.Range(1, 5))
        {
            Kubernetes.AddNode($"n{number}");
        }

        var first = await Client.CoreV1.ListNodeAsync(limit: 2);
        Assert.Equal(3, first.Metadata.RemainingItemCount);
        Kubernetes.Node("n4").Remove();
        var second = await Client.CoreV1.ListNodeAsync(limit: 2, continueParameter: first.Metadata.ContinueProperty);
        var third = await Client.CoreV1.ListNodeAsync(limit: 2, continueParameter: second.Metadata.ContinueProperty);

        Assert.Equal(
            ["n1", "n2", "n3", "n4", "n5"], first.Items.Concat(second.Items).Concat(third.Items).Select(node => node.Metadata.Name));
        Assert.Null(third.Metadata.ContinueProperty);
    }

    [Fact]
    public async Task A_page_of_nothing_is_400()
    {
        var (response, status) = await Clients.Refused(() => Client.CoreV1.ListNodeAsync(limit: 1, continueParameter: "bad"));

        Assert.Equal((HttpStatusCode.BadRequest, "BadRequest"), (response.StatusCode, status.Reason));
        Assert.StartsWith("continue key is not valid", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_was_too_long_ago_is_410()
    {
        Kubernetes.AddNode("n1");
        Kubernetes.AddNode("n2");
        var first = await Client.CoreV1.ListNodeAsync(limit: 1);
        Kubernetes.ForgetHistory();

        var (response, status) = await Clients.Refused(
            () => Client.CoreV1.ListNodeAsync(limit: 1, continueParameter: first.Metadata.ContinueProperty));

        Assert.Equal((HttpStatusCode.Gone, "Expired"), (response.StatusCode, status.Reason));
    }

    [Theory]
    [InlineData("commissaire.io/cluster=demo", "n1")]
    [InlineData("commissaire.io/cluster!=demo", "n2,n3")]
    [InlineData("commissaire.io/cluster in (demo, other)", "n1,n2")]
    [InlineData("commissaire.io/cluster notin (demo)", "n2,n3")]
    [InlineData("commissaire.io/cluster", "n1,n2")]
    [InlineData("!commissaire.io/cluster", "n3")]
    [InlineData("commissaire.io/cluster,commissaire.io/cluster!=demo", "n2")]
    public async Task Labels_select(string selector, string expected)
    {
        await Client.CoreV1.CreateNodeAsync(NewNode("n1"));
        var other = NewNode("n2");
        other.Metadata.Labels["commissaire.io/cluster"] = "other";
        await Client.CoreV1.CreateNodeAsync(other);
        Kubernetes.AddNode("n3");

        var nodes = await Client.CoreV1.ListNodeAsync(labelSelector: selector);

        Assert.Equal(expected, string.Join(',', nodes.Items.Select(node => node.Metadata.Name)));
    }

    [Fact]
    public async Task Fields_select_the_pods_of_a_node_in_all_namespaces()
    {
        Kubernetes.AddNode("n1");
        Kubernetes.AddNode("n2");
        Kubernetes.AddPod("a", "one", "n1");
        Kubernetes.AddPod("b", "two", "n1");
        Kubernetes.AddPod("b", "three", "n2");

        var pods = await Client.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: "spec.nodeName=n1");
        var one = await Client.CoreV1.ListNamespacedPodAsync("b", fieldSelector: "metadata.name=two");
        var (response, status) = await Clients.Refused(() => Client.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: "spec.node=n1"));

        Assert.Equal(["one", "two"], pods.Items.Select(pod => pod.Metadata.Name));
        Assert.Equal("two", Assert.Single(one.Items).Metadata.Name);
        Assert.Equal((HttpStatusCode.BadRequest, "field label not supported: spec.node"), (response.StatusCode, status.Message));
    }

    [Fact]
    public async Task Budgets_are_listed_with_what_they_allow()
    {
        Kubernetes.AddNode("n1");
        var labels = new Dictionary<string, string> { ["app"] = "web" };
        foreach (var name in (string[])["web-1", "web-2", "web-3"])
        {
            Kubernetes.AddPod("demo", name, "n1", new() { Labels = labels, Owner = "ReplicaSet" });
        }

        Kubernetes.AddBudget("demo", "web", labels, maxUnavailable: "50%");

        var budget = Assert.Single((await Client.PolicyV1.ListPodDisruptionBudgetForAllNamespacesAsync()).Items);
        Assert.Equal((2, 1, 3, 3), (
            budget.Status.DisruptionsAllowed, budget.Status.DesiredHealthy, budget.Status.CurrentHealthy, budget.Status.ExpectedPods));
        Assert.Equal("web", budget.Spec.Selector.MatchLabels["app"]);
    }

    [Fact]
    public async Task A_watch_tells_what_is_there_and_what_happens()
    {
        Kubernetes.AddNode("n1");
        await using var events = Client.CoreV1.WatchListNodeAsync(timeoutSeconds: 600).GetAsyncEnumerator();

        Assert.Equal((WatchEventType.Added, "n1"), await Next(events));
        Kubernetes.Node("n1").Annotate("a", "b");
        Assert.Equal((WatchEventType.Modified, "n1"), await Next(events));
        Kubernetes.Node("n1").Remove();
        Assert.Equal((WatchEventType.Deleted, "n1"), await Next(events));
    }

    [Fact]
    public async Task A_watch_goes_on_where_a_list_ended_and_sees_selected_pods_only()
    {
        Kubernetes.AddNode("n1");
        Kubernetes.AddNode("n2");
        Kubernetes.AddPod("demo", "before", "n1");
        var list = await Client.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: "spec.nodeName=n1");
        Kubernetes.AddPod("demo", "elsewhere", "n2");
        Kubernetes.AddPod("demo", "after", "n1");

        await using var events = Client.CoreV1.WatchListPodForAllNamespacesAsync(
            fieldSelector: "spec.nodeName=n1", resourceVersion: list.Metadata.ResourceVersion, timeoutSeconds: 600).GetAsyncEnumerator();

        Assert.Equal((WatchEventType.Added, "after"), await Next(events));
    }

    [Fact]
    public async Task A_watch_from_too_long_ago_is_told_so()
    {
        Kubernetes.AddNode("n1");
        var list = await Client.CoreV1.ListNodeAsync();
        Kubernetes.ForgetHistory();

        var (code, told) = await Kubernetes.Send(
            HttpMethod.Get, $"/api/v1/nodes?watch=true&resourceVersion={list.Metadata.ResourceVersion}");

        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal("ERROR", told.GetProperty("type").GetString());
        Assert.Equal(410, told.GetProperty("object").GetProperty("code").GetInt32());
    }

    private static async Task<(WatchEventType Type, string Name)> Next<T>(IAsyncEnumerator<(WatchEventType Type, T Object)> events)
        where T : IKubernetesObject<V1ObjectMeta>
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(WaitLimit.Value));
        return (events.Current.Type, events.Current.Object.Metadata.Name);
    }
}
