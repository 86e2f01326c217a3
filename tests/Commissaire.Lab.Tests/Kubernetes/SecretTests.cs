using System.Globalization;
using System.Net;
using System.Text;
using k8s;
using k8s.Models;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class SecretTests : ClusterTest
{
    private const string DefaultGroup = "system:bootstrappers:kubeadm:default-node-token";

    [Fact]
    public async Task A_bootstrap_token_lets_its_bearer_in_until_a_moment_after_it_is_removed()
    {
        var clock = await StopClock();
        await Create(DateTime.UtcNow.AddHours(1));
        var kept = await Client.CoreV1.ReadNamespacedSecretAsync("bootstrap-token-abcdef", "kube-system");
        Assert.Equal("bootstrap.kubernetes.io/token", kept.Type);
        Assert.Equal("0123456789abcdef", Encoding.UTF8.GetString(kept.Data["token-secret"]));
        Assert.Null(kept.StringData);

        using var joining = Kubernetes.Client("abcdef.0123456789abcdef");
        var (response, status) = await Clients.Refused(() => joining.CoreV1.ListNodeAsync());
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("User \"system:bootstrap:abcdef\"", status.Message);

        await Client.CoreV1.DeleteNamespacedSecretAsync("bootstrap-token-abcdef", "kube-system");
        var (still, _) = await Clients.Refused(() => joining.CoreV1.ListNodeAsync());
        Assert.Equal(HttpStatusCode.Forbidden, still.StatusCode);
        clock.Advance(1);
        var (refused, _) = await Clients.Refused(() => joining.CoreV1.ListNodeAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var (gone, absent) = await Clients.Refused(() => Client.CoreV1.ReadNamespacedSecretAsync("bootstrap-token-abcdef", "kube-system"));
        Assert.Equal((HttpStatusCode.NotFound, "secrets \"bootstrap-token-abcdef\" not found"), (gone.StatusCode, absent.Message));
    }

    [Fact]
    public async Task A_bootstrap_token_whose_time_is_over_is_cleaned_away()
    {
        await Create(DateTime.UtcNow.AddMinutes(-1));

        await Eventually.True(() => Kubernetes.Secrets.IsEmpty, "it is gone");
    }

    [Theory]
    [InlineData("system:bootstrappers:kubeadm:default-node-token,system:masters")]
    [InlineData("system:bootstrappers")]
    public async Task A_bootstrap_token_with_other_groups_lets_nobody_in(string groups)
    {
        await Create(DateTime.UtcNow.AddHours(1), groups);
        using var joining = Kubernetes.Client("abcdef.0123456789abcdef");

        var (refused, _) = await Clients.Refused(() => joining.CoreV1.ListNodeAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task A_secret_is_made_once()
    {
        await Create(DateTime.UtcNow.AddHours(1));

        var (response, status) = await Clients.Refused(() => Create(DateTime.UtcNow.AddHours(1)));

        Assert.Equal((HttpStatusCode.Conflict, "AlreadyExists"), (response.StatusCode, status.Reason));
    }

    [Fact]
    public async Task A_secret_in_a_namespace_that_is_not_there_is_404()
    {
        var (code, status) = await Kubernetes.Send(
            HttpMethod.Post, "/api/v1/namespaces/nowhere/secrets", """{"metadata":{"name":"s"}}""");

        Assert.Equal(HttpStatusCode.NotFound, code);
        Assert.Equal("namespaces \"nowhere\" not found", status.GetProperty("message").GetString());
    }

    private Task<V1Secret> Create(DateTime expiration, string groups = DefaultGroup) => Client.CoreV1.CreateNamespacedSecretAsync(
        new V1Secret
        {
            ApiVersion = "v1",
            Kind = "Secret",
            Metadata = new V1ObjectMeta { Name = "bootstrap-token-abcdef", NamespaceProperty = "kube-system" },
            Type = "bootstrap.kubernetes.io/token",
            StringData = new Dictionary<string, string>
            {
                ["token-id"] = "abcdef",
                ["token-secret"] = "0123456789abcdef",
                ["usage-bootstrap-authentication"] = "true",
                ["usage-bootstrap-signing"] = "true",
                ["auth-extra-groups"] = groups,
                ["expiration"] = expiration.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            },
        },
        "kube-system");
}
