using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.Server.Tests.ContainerManagers;

public sealed class StrictValidationTests : NodesSpec
{
    [Fact]
    public async Task Every_request_passes_strict_validation()
    {
        await Nodes.EnsureNode(Host, Blue, NodeOrigin.Created, default);
        Kubernetes.AddNode("worker-2", "10.0.0.2");
        await Nodes.EnsureNode(HostAddress.Parse("10.0.0.2"), Blue, NodeOrigin.Created, default);
        Kubernetes.AddPod("demo", "web-1", "10.0.0.1", new() { Grace = 30 });
        await Take(TurnSteps.Cordon);
        await Take(TurnSteps.Drain);
        Kubernetes.AddPod("demo", "web-2", "10.0.0.1", new() { Grace = 1000 });
        await Take(TurnSteps.Drain, force: true);
        await Take(TurnSteps.Uncordon);
        await Nodes.PrepareJoin(Host, default);
        await Nodes.Remove(Host, join: true, joinedSince: null, default);

        var sent = Kubernetes.Requests.Where(request => request.Body.Length > 0).ToList();
        Assert.Equal(
            ["POST nodes", "PATCH worker-2", "PATCH 10.0.0.1", "POST eviction", "DELETE web-2", "PATCH 10.0.0.1",
                "POST secrets", "DELETE 10.0.0.1"],
            sent.Where(request => request.Status < 300).Select(request => $"{request.Method} {request.Path.Split('/')[^1]}"));
        using var client = Client();
        foreach (var request in sent)
        {
            Assert.True(request.Status is < 300 or 409, request.ToString());
            using var again = new HttpRequestMessage(new HttpMethod(request.Method), $"{request.Path}?fieldValidation=Strict&dryRun=All")
            {
                Content = new StringContent(request.Body, Encoding.UTF8, MediaTypeHeaderValue.Parse(request.ContentType)),
            };
            using var answer = await client.SendAsync(again);
            Assert.True((int)answer.StatusCode is < 300 or 404 or 409, $"{request}: {await answer.Content.ReadAsStringAsync()}");
            Assert.False(answer.Headers.Contains("Warning"), $"{request}: {answer.Headers}");
        }
    }

    [Fact]
    public async Task A_node_that_registers_again_is_adopted_again()
    {
        await Nodes.EnsureNode(Host, Blue, NodeOrigin.Created, default);
        Kubernetes.Node("10.0.0.1").Remove();
        Assert.Equal((false, "does not exist"), await Nodes.GetReadiness(Host, Blue, default));
        Kubernetes.AddNode("10.0.0.1");

        Assert.Equal((true, ""), await Nodes.GetReadiness(Host, Blue, default));
        Assert.Equal("blue", Kubernetes.Node("10.0.0.1").Labels["commissaire.io/cluster"]);
        Assert.Equal("10.0.0.1", Kubernetes.Node("10.0.0.1").Labels["commissaire.io/address"]);
        await Nodes.Remove(Host, join: true, joinedSince: null, default);

        Assert.Empty(Kubernetes.Nodes);
    }

    private HttpClient Client()
    {
        var authority = X509Certificate2.CreateFromPem(Kubernetes.CaPem);
        var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions =
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { authority },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        })
        {
            BaseAddress = new Uri(Kubernetes.Url),
        };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Kubernetes.Token);
        return client;
    }
}
