using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class OwnerTests : ClusterTest
{
    private const string Cordon = """{"spec":{"unschedulable":true}}""";
    private const string Uncordon = """{"spec":{"unschedulable":null}}""";

    [Fact]
    public async Task A_field_belongs_to_the_client_that_changed_it_last()
    {
        Kubernetes.AddNode("n1");

        await Patch(Cordon, "mine");
        Assert.Equal(["mine"], await Cordoners());
        await Patch(Cordon, "other");
        Assert.Equal(["mine"], await Cordoners());
        await Patch(Uncordon, "other");
        Assert.Empty(await Cordoners());
        Kubernetes.Node("n1").Cordon();
        Assert.Equal(["kubectl"], await Cordoners());
        await Patch("""{"metadata":{"annotations":{"a.io/b":"c"}}}""", "mine");
        Assert.Equal(["kubectl"], await Cordoners());
    }

    [Fact]
    public async Task A_client_without_a_name_for_itself_has_that_of_its_program()
    {
        Kubernetes.AddNode("n1");

        await Client.CoreV1.PatchNodeAsync(new V1Patch(Cordon, V1Patch.PatchType.MergePatch), "n1");

        Assert.Equal(["kubernetes-csharp"], await Cordoners());
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_leaves_the_resource_version()
    {
        Kubernetes.AddNode("n1");
        await Patch(Cordon, "mine");
        await Eventually.True(
            () => Kubernetes.Node("n1").Taints.Contains("node.kubernetes.io/unschedulable:NoSchedule"), "the controller has seen it");
        var first = await Client.CoreV1.ReadNodeAsync("n1");

        Assert.Equal(first.Metadata.ResourceVersion, (await Patch(Cordon, "mine")).Metadata.ResourceVersion);
    }

    [Fact]
    public async Task An_apply_conflicts_with_the_owner_of_a_field_unless_it_is_forced()
    {
        Kubernetes.AddNode("n1");
        await Patch("""{"metadata":{"labels":{"a":"1"}}}""", "mine");

        var refused = await Apply("2", force: false);
        var (code, _) = await Apply("2", force: true);

        Assert.Equal(HttpStatusCode.Conflict, refused.Code);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"mine\": .metadata.labels.a",
            refused.Body.GetProperty("message").GetString());
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Equal("2", Kubernetes.Node("n1").Labels["a"]);
        var owner = Assert.Single((await Client.CoreV1.ReadNodeAsync("n1")).Metadata.ManagedFields, m => m.Manager == "applier");
        Assert.Equal("Apply", owner.Operation);
    }

    private Task<(HttpStatusCode Code, JsonElement Body)> Apply(string value, bool force) => Kubernetes.Send(
        HttpMethod.Patch, $"/api/v1/nodes/n1?fieldManager=applier&force={(force ? "true" : "false")}",
        $$"""{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","labels":{"a":"{{value}}"} } }""", "application/apply-patch+yaml");

    private Task<V1Node> Patch(string patch, string manager) =>
        Client.CoreV1.PatchNodeAsync(new V1Patch(patch, V1Patch.PatchType.MergePatch), "n1", fieldManager: manager);

    private async Task<IReadOnlyList<string>> Cordoners() =>
        [.. ((await Client.CoreV1.ReadNodeAsync("n1")).Metadata.ManagedFields ?? [])
            .Where(m => KubernetesJson.Serialize(m.FieldsV1).Contains("f:unschedulable", StringComparison.Ordinal))
            .Select(m => m.Manager)];
}
