using System.Net;
using k8s;
using k8s.Models;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class NodeTests : ClusterTest
{
    [Fact]
    public async Task A_new_node_may_not_be_scheduled_to_until_its_kubelet_says_that_it_is_ready()
    {
        var made = await Client.CoreV1.CreateNodeAsync(NewNode("n1"));
        Assert.Equal(["node.kubernetes.io/not-ready:NoSchedule"], Taints(made));
        Assert.NotNull(made.Metadata.Uid);
        Assert.NotNull(made.Metadata.CreationTimestamp);

        Kubernetes.Node("n1").Heartbeat("boot");

        await Eventually.True(() => Kubernetes.Node("n1").Taints.IsEmpty, "the taint is gone");
        var ready = await Client.CoreV1.ReadNodeAsync("n1");
        Assert.Contains(ready.Status.Conditions, condition => condition is { Type: "Ready", Status: "True", Reason: "KubeletReady" });
        Assert.Equal("boot", ready.Status.NodeInfo.BootID);
    }

    [Fact]
    public async Task A_node_no_kubelet_ever_speaks_for_is_unreachable_after_a_minute()
    {
        await Client.CoreV1.CreateNodeAsync(NewNode("n1"));

        await Eventually.True(() => Kubernetes.Node("n1").ReadyReason == "NodeStatusNeverUpdated", "the node is unknown");
        await Eventually.True(() => Kubernetes.Node("n1").Taints.Contains("node.kubernetes.io/unreachable:NoExecute"), "it is tainted");
    }

    [Fact]
    public async Task A_cordon_adds_its_taint_a_moment_later_and_leaves_with_it()
    {
        Kubernetes.AddNode("n1");

        var cordoned = await Cordon("n1", """{"spec":{"unschedulable":true}}""");
        Assert.True(cordoned.Spec.Unschedulable);
        Assert.Empty(Taints(cordoned));
        await Eventually.True(() => Kubernetes.Node("n1").Taints is ["node.kubernetes.io/unschedulable:NoSchedule"], "the taint is there");

        await Cordon("n1", """{"spec":{"unschedulable":null}}""");
        await Eventually.True(
            () => Kubernetes.Node("n1") is { Taints.IsEmpty: true, Unschedulable: false }, "the node is schedulable again");
    }

    [Theory]
    [InlineData(V1Patch.PatchType.MergePatch, """{"spec":{"unschedulable":true}}""")]
    [InlineData(V1Patch.PatchType.StrategicMergePatch, """{"spec":{"unschedulable":true}}""")]
    [InlineData(V1Patch.PatchType.JsonPatch, """[{"op":"add","path":"/spec/unschedulable","value":true}]""")]
    [InlineData(
        V1Patch.PatchType.ApplyPatch, """{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"},"spec":{"unschedulable":true}}""")]
    public async Task A_node_is_cordoned_by_any_kind_of_patch(V1Patch.PatchType type, string patch)
    {
        Kubernetes.AddNode("n1");
        var version = (await Client.CoreV1.ReadNodeAsync("n1")).Metadata.ResourceVersion;

        var cordoned = await Client.CoreV1.PatchNodeAsync(new V1Patch(patch, type), "n1", fieldManager: "commissaire");

        Assert.True(cordoned.Spec.Unschedulable);
        Assert.NotEqual(version, cordoned.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_patch_of_an_unknown_content_type_answers_415()
    {
        Kubernetes.AddNode("n1");

        var (code, status) = await Kubernetes.Send(HttpMethod.Patch, "/api/v1/nodes/n1", "{}", "application/json");

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, code);
        Assert.Equal("UnsupportedMediaType", status.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_patch_of_what_has_changed_since_it_was_read_answers_409()
    {
        Kubernetes.AddNode("n1");
        var read = await Client.CoreV1.ReadNodeAsync("n1");
        Kubernetes.Node("n1").Annotate("somebody", "else");

        var patch = $$$"""{"metadata":{"resourceVersion":"{{{read.Metadata.ResourceVersion}}}"},"spec":{"unschedulable":true}}""";
        var (response, status) = await Clients.Refused(() => Cordon("n1", patch));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("Conflict", status.Reason);
        Assert.Contains("the object has been modified", status.Message);
        Assert.False(Kubernetes.Node("n1").Unschedulable);
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_keeps_the_resource_version()
    {
        Kubernetes.AddNode("n1");
        var first = await Cordon("n1", """{"metadata":{"annotations":{"a":"b"}}}""");

        var second = await Cordon("n1", """{"metadata":{"annotations":{"a":"b"}}}""");

        Assert.Equal(first.Metadata.ResourceVersion, second.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task The_status_of_a_node_is_changed_by_its_own_path_only()
    {
        Kubernetes.AddNode("n1");
        const string Patch = """{"status":{"nodeInfo":{"bootID":"mine"}}}""";

        Assert.NotEqual("mine", (await Cordon("n1", Patch)).Status.NodeInfo.BootID);
        await Client.CoreV1.PatchNodeStatusAsync(new V1Patch(Patch, V1Patch.PatchType.MergePatch), "n1");

        Assert.Equal("mine", Kubernetes.Node("n1").BootId);
    }

    [Fact]
    public async Task A_node_is_registered_once_and_removed_once()
    {
        await Client.CoreV1.CreateNodeAsync(NewNode("n1"));

        var (again, exists) = await Clients.Refused(() => Client.CoreV1.CreateNodeAsync(NewNode("n1")));
        Assert.Equal((HttpStatusCode.Conflict, "AlreadyExists"), (again.StatusCode, exists.Reason));
        Assert.Equal("nodes \"n1\" already exists", exists.Message);

        var removed = await Client.CoreV1.DeleteNodeAsync("n1");
        Assert.Equal("Success", removed.Status);
        var (gone, absent) = await Clients.Refused(() => Client.CoreV1.DeleteNodeAsync("n1"));
        Assert.Equal((HttpStatusCode.NotFound, "NotFound"), (gone.StatusCode, absent.Reason));
        Assert.Equal("nodes \"n1\" not found", absent.Message);
    }

    [Fact]
    public async Task A_node_is_not_removed_when_it_is_not_the_one_that_was_meant()
    {
        Kubernetes.AddNode("n1");
        var other = new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = Guid.NewGuid().ToString() } };

        var (response, _) = await Clients.Refused(() => Client.CoreV1.DeleteNodeAsync("n1", other));

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.True(Kubernetes.Node("n1").Exists);
    }

    [Fact]
    public async Task A_node_whose_kubelet_is_silent_looks_ready_at_first_and_is_unknown_after_forty_seconds()
    {
        var clock = await StopClock();
        var node = Kubernetes.AddNode("n1");
        Kubernetes.AddPod("demo", "web-1", "n1");
        node.Silence();
        clock.Advance(39);
        await Client.CoreV1.ListNodeAsync();
        Assert.Equal("True", node.ReadyStatus);

        clock.Advance(2);
        await Eventually.True(() => node is { ReadyStatus: "Unknown", ReadyReason: "NodeStatusUnknown" }, "the node is unknown");
        await Eventually.True(
            () => node.Taints is ["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"],
                "it is tainted");
        await Eventually.True(() => Kubernetes.Pod("demo", "web-1") is { Ready: false, Phase: "Running" }, "its pods are not ready");

        node.Heartbeat("another boot");
        await Eventually.True(
            () => node.Taints.IsEmpty && Kubernetes.Pod("demo", "web-1") is { Ready: true }, "the node and its pod are ready again");
        Assert.Equal("another boot", (await Client.CoreV1.ReadNodeAsync("n1")).Status.NodeInfo.BootID);
    }

    [Fact]
    public async Task A_node_that_reboots_quickly_is_ready_anew()
    {
        var node = Kubernetes.AddNode("n1");
        var list = await Client.CoreV1.ListNodeAsync();

        node.Heartbeat("another boot");

        var seen = new List<string>();
        await foreach (
            var (_, told) in Client.CoreV1.WatchListNodeAsync(resourceVersion: list.Metadata.ResourceVersion, timeoutSeconds: 600))
        {
            seen.Add(told.Status.Conditions.Single(condition => condition.Type == "Ready").Status);
            if (seen.Count == 2)
            {
                break;
            }
        }

        Assert.Equal(["False", "True"], seen);
    }

    [Fact]
    public async Task A_node_that_is_not_ready_is_tainted()
    {
        var node = Kubernetes.AddNode("n1", "10.0.0.1", ready: false);

        var read = await Client.CoreV1.ReadNodeAsync("n1");

        Assert.Equal(["node.kubernetes.io/not-ready:NoSchedule", "node.kubernetes.io/not-ready:NoExecute"], Taints(read));
        Assert.Contains(read.Status.Addresses, address => address is { Type: "InternalIP", Address: "10.0.0.1" });
        node.Ready(true);
        await Eventually.True(() => node.Taints.IsEmpty, "the taints are gone");
    }

    private Task<V1Node> Cordon(string name, string patch) =>
        Client.CoreV1.PatchNodeAsync(new V1Patch(patch, V1Patch.PatchType.MergePatch), name);

    private static string[] Taints(V1Node node) => [.. (node.Spec.Taints ?? []).Select(taint => $"{taint.Key}:{taint.Effect}")];
}
