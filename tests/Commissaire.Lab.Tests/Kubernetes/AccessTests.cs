using System.Net;
using Commissaire.Lab.Kubernetes;
using k8s;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class AccessTests : ClusterTest
{
    [Fact]
    public async Task A_wrong_token_is_401()
    {
        var (response, status) = await Listing("wrong");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(("Status", "Failure", "Unauthorized", 401), (status.Kind, status.Status, status.Reason, status.Code));
    }

    [Fact]
    public async Task No_token_at_all_is_403_for_the_anonymous_user()
    {
        var (response, status) = await Listing(null);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("Forbidden", status.Reason);
        Assert.Equal(
            "nodes is forbidden: User \"system:anonymous\" cannot list resource \"nodes\" in API group \"\" at the cluster scope",
            status.Message);
    }

    [Fact]
    public async Task A_token_without_rights_is_403()
    {
        using var client = Kubernetes.Client(Kubernetes.TokenWithoutRights);

        var (response, status) = await Clients.Refused(() => client.CoreV1.ReadNamespacedSecretAsync("s", "kube-system"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(
            "secrets \"s\" is forbidden: User \"system:serviceaccount:default:nobody\" cannot get resource \"secrets\" "
            + "in API group \"\" in the namespace \"kube-system\"",
            status.Message);
    }

    [Fact]
    public async Task After_its_start_it_refuses_rightful_clients_for_a_moment()
    {
        await using var starting = await LabKubernetes.Start(new LabKubernetesOptions { UnawareRequests = 2 });
        using var client = starting.Client();

        for (var i = 0; i < 2; i++)
        {
            var (response, _) = await Clients.Refused(() => client.CoreV1.ListNodeAsync());
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }

        await client.CoreV1.ListNodeAsync();
    }

    [Fact]
    public async Task A_token_that_was_replaced_is_wrong()
    {
        var old = Kubernetes.Token;
        Kubernetes.RenewToken();

        Assert.Equal(HttpStatusCode.Unauthorized, (await Listing(old)).Response.StatusCode);
        using var client = Kubernetes.Client();
        await client.CoreV1.ListNodeAsync();
    }

    [Fact]
    public async Task A_client_certificate_says_who_asks()
    {
        using var admin = Kubernetes.Client(null, Kubernetes.IssueClientCertificate("admin"));
        using var nobody = Kubernetes.Client(null, Kubernetes.IssueClientCertificate("nobody", withRights: false));

        await admin.CoreV1.ListNodeAsync();
        var (response, status) = await Clients.Refused(() => nobody.CoreV1.ListNodeAsync());

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("User \"nobody\"", status.Message);
    }

    [Fact]
    public async Task A_client_certificate_of_another_authority_is_401()
    {
        await using var other = await LabKubernetes.Start();
        using var stranger = Kubernetes.Client(null, other.IssueClientCertificate("admin"));

        var (response, _) = await Clients.Refused(() => stranger.CoreV1.ListNodeAsync());

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_not_trusted()
    {
        await using var other = await LabKubernetes.Start();
        using var client = new k8s.Kubernetes(new KubernetesClientConfiguration
        {
            Host = Kubernetes.Url,
            AccessToken = Kubernetes.Token,
            SslCaCerts = [System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(other.CaPem)],
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => client.CoreV1.ListNodeAsync());
        Assert.Empty(Kubernetes.Requests);
    }

    [Fact]
    public async Task The_version_and_the_health_are_for_everybody()
    {
        using var client = Kubernetes.Client(null);

        Assert.Equal("v1.34.2", (await client.Version.GetCodeAsync()).GitVersion);
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler);
        Assert.Equal("ok", await http.GetStringAsync(new Uri($"{Kubernetes.Url}/healthz")));
    }

    [Fact]
    public async Task It_may_speak_plain_http()
    {
        await using var plain = await LabKubernetes.Start(new LabKubernetesOptions { Tls = false });
        using var client = plain.Client();

        Assert.StartsWith("http://", plain.Url, StringComparison.Ordinal);
        Assert.Empty((await client.CoreV1.ListNodeAsync()).Items);
    }

    [Fact]
    public async Task Its_files_are_gone_with_it()
    {
        string ca;
        await using (var other = await LabKubernetes.Start())
        {
            ca = other.CaPath;
            Assert.Equal(other.CaPem, await File.ReadAllTextAsync(ca));
        }

        Assert.False(File.Exists(ca));
    }

    private async Task<(k8s.Autorest.HttpResponseMessageWrapper Response, k8s.Models.V1Status Status)> Listing(string? token)
    {
        using var client = Kubernetes.Client(token);
        return await Clients.Refused(() => client.CoreV1.ListNodeAsync());
    }
}
