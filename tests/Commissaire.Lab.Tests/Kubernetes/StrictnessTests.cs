using System.Net;
using k8s;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class StrictnessTests : ClusterTest
{
    private const string Misspelt =
        """{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","lables":{}},"spec":{"unschedulabel":true}}""";

    [Fact]
    public async Task Unknown_fields_are_refused_when_strictness_is_asked_for()
    {
        var (code, status) = await Kubernetes.Send(HttpMethod.Post, "/api/v1/nodes?fieldValidation=Strict", Misspelt);

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Equal(
            "Node in version \"v1\" cannot be handled as a Node: strict decoding error: "
            + "unknown field \"metadata.lables\", unknown field \"spec.unschedulabel\"",
            status.GetProperty("message").GetString());
        Assert.Empty(Kubernetes.Nodes);
    }

    [Fact]
    public async Task Unknown_fields_are_dropped_otherwise()
    {
        var (code, node) = await Kubernetes.Send(HttpMethod.Post, "/api/v1/nodes", Misspelt);

        Assert.Equal(HttpStatusCode.Created, code);
        Assert.False(node.GetProperty("metadata").TryGetProperty("lables", out _));
    }

    [Fact]
    public async Task Unknown_fields_of_a_patch_are_refused_with_422()
    {
        Kubernetes.AddNode("n1");

        var (code, status) = await Kubernetes.Send(
            HttpMethod.Patch,
            "/api/v1/nodes/n1?fieldValidation=Strict",
            """{"spec":{"unschedulabel":true}}""",
            "application/merge-patch+json");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Contains("unknown field \"spec.unschedulabel\"", status.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"N1"}}""", "a lowercase RFC 1123 subdomain")]
    [InlineData("""{"metadata":{"name":"n1","labels":{"commissaire.io/address":"fe80::1"}}}""", "a valid label must be")]
    [InlineData("""{"metadata":{"name":"n1","labels":{"commissaire.io/a/b":"x"}}}""", "name part must consist of")]
    [InlineData("""{"metadata":{"name":"n1","annotations":{"no spaces":"x"}}}""", "name part must consist of")]
    [InlineData("""{"metadata":{}}""", "name or generateName is required")]
    public async Task What_cannot_be_a_name_or_a_label_is_422(string node, string why)
    {
        var (code, status) = await Kubernetes.Send(HttpMethod.Post, "/api/v1/nodes", node);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        Assert.Equal("Invalid", status.GetProperty("reason").GetString());
        Assert.Contains(why, status.GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"n1","labels":{"a":1}}}""", "json: cannot unmarshal number into Go struct field .metadata.labels.a")]
    [InlineData("""{"metadata":{"name":"n1"},"spec":{"unschedulable":"true"}}""", "json: cannot unmarshal string into Go struct field")]
    [InlineData("""{"apiVersion":"v2","kind":"Node","metadata":{"name":"n1"}}""", "does not match the expected API version")]
    [InlineData(
        """{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1","resourceVersion":"1"}}""", "resourceVersion should not be set")]
    [InlineData("{", "couldn't get version/kind")]
    public async Task What_cannot_be_decoded_is_400(string node, string why)
    {
        var (code, status) = await Kubernetes.Send(HttpMethod.Post, "/api/v1/nodes", node);

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Contains(why, status.GetProperty("message").GetString());
    }

    [Fact]
    public async Task An_eviction_of_an_api_version_that_is_no_longer_served_is_400()
    {
        Kubernetes.AddNode("n1");
        Kubernetes.AddPod("demo", "web-1", "n1");

        var (code, status) = await Kubernetes.Send(
            HttpMethod.Post,
            "/api/v1/namespaces/demo/pods/web-1/eviction",
            """{"apiVersion":"policy/v1beta1","kind":"Eviction","metadata":{"name":"web-1","namespace":"demo"}}""");

        Assert.Equal(HttpStatusCode.BadRequest, code);
        Assert.Contains("no kind \"Eviction\" is registered for version \"policy/v1beta1\"", status.GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_patch_of_the_wrong_type_is_422_with_the_object_in_its_message()
    {
        Kubernetes.AddNode("n1");

        var (code, status) = await Kubernetes.Send(
            HttpMethod.Patch, "/api/v1/nodes/n1", """{"metadata":{"labels":{"a":1}}}""", "application/merge-patch+json");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, code);
        var message = status.GetProperty("message").GetString();
        Assert.StartsWith(" \"\" is invalid: patch: Invalid value: \"{\\\"kind\\\":\\\"Node\\\"", message);
        Assert.Contains("json: cannot unmarshal number into Go struct field", message);
    }

    [Fact]
    public async Task An_unknown_group_is_answered_in_plain_text()
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler);
        http.DefaultRequestHeaders.Authorization = new("Bearer", Kubernetes.Token);

        using var answer = await http.GetAsync(new Uri($"{Kubernetes.Url}/apis/example.com/v1/bananas"));

        Assert.Equal((HttpStatusCode.NotFound, "404 page not found\n"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("GET", "/api/v1/bananas", HttpStatusCode.NotFound)]
    [InlineData("POST", "/api/v1/nodes/n1", HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/apis/policy/v1/namespaces/demo/poddisruptionbudgets", HttpStatusCode.MethodNotAllowed)]
    public async Task What_is_not_served_is_said_to_be_so(string method, string path, HttpStatusCode expected)
    {
        var (code, status) = await Kubernetes.Send(new HttpMethod(method), path, method is "POST" ? "{}" : null);

        Assert.Equal(expected, code);
        Assert.Equal("Status", status.GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_taint_is_added_and_removed_by_its_key()
    {
        Kubernetes.AddNode("n1").Cordon();
        await Eventually.True(() => Kubernetes.Node("n1").Taints.Length == 1, "the cordon is seen");

        Task<k8s.Models.V1Node> Patch(string taint) => Client.CoreV1.PatchNodeAsync(
            new k8s.Models.V1Patch($$$"""{"spec":{"taints":[{{{taint}}}]}}""", k8s.Models.V1Patch.PatchType.StrategicMergePatch), "n1");

        Assert.Equal(2, (await Patch("""{"key":"mine","effect":"NoExecute"}""")).Spec.Taints.Count);
        Assert.Single((await Patch("""{"$patch":"delete","key":"mine"}""")).Spec.Taints);
    }
}
