using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Commissaire.Bootstrap;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Hosts;
using Commissaire.Server.Tests.Running;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.ContainerManagers;

public sealed partial class Joining : NodesSpec
{
    [Fact]
    public async Task A_token_is_one_that_the_api_takes_and_the_one_before_is_worth_nothing()
    {
        var first = Token(await Nodes.Tokens.Prepare(Host, default));
        var second = Token(await Nodes.Tokens.Prepare(Host, default));

        Assert.Equal([$"kube-system/bootstrap-token-{second[..6]}"], Kubernetes.Secrets.AsEnumerable());
        Assert.Equal((403, 401), (await Asks(second), await Asks(first)));
        Assert.Contains(Kubernetes.Requests, asked => asked.User == $"system:bootstrap:{second[..6]}");
    }

    [Fact]
    public async Task Tokens_of_other_hosts_and_of_other_people_stay()
    {
        var other = HostAddress.Parse("10.0.0.2");
        await Nodes.Tokens.Prepare(other, default);
        await Nodes.Tokens.Prepare(Host, default);
        Kubernetes.AddNode("10.0.0.1");

        Assert.Null(await Nodes.EnsureNode(Host, Blue, joined: true, default));

        Assert.Single(Kubernetes.Secrets);
        await Nodes.Tokens.Remove(other, default);
        Assert.Empty(Kubernetes.Secrets);
    }

    [Fact]
    public async Task A_token_that_nobody_used_is_removed_by_the_cluster_in_time()
    {
        using var nodes = Open(Kubernetes.Token, new FakeTimeProvider(DateTimeOffset.UtcNow - KubeadmJoin.TokenLifetime));
        await nodes.Tokens.Prepare(Host, default);
        await Eventually.True(() => Kubernetes.Secrets.IsEmpty, "the token is gone");
    }

    [Fact]
    public async Task A_node_that_a_kubelet_is_to_make_is_not_made_but_waited_for()
    {
        Assert.Equal(KubernetesContainerManager.NotRegistered, await Nodes.EnsureNode(Host, Blue, joined: true, default));
        Assert.Empty(Kubernetes.Nodes);
        Kubernetes.AddNode("worker-1", "10.0.0.1");
        Assert.Null(await Nodes.EnsureNode(Host, Blue, joined: true, default));
        Assert.Equal("blue", Kubernetes.Node("worker-1").Labels["commissaire.io/cluster"]);
    }

    [Fact]
    public void Without_an_authority_there_is_no_joining() =>
        Assert.StartsWith("ca: ", Assert.Throws<FormatException>(() => BootstrapTokens.Authorities(new X509Certificate2Collection())).Message, StringComparison.Ordinal);

    private async Task<int> Asks(string token)
    {
        using var nodes = Open(token);
        return (int)(await Assert.ThrowsAsync<k8s.Autorest.HttpOperationException>(() => nodes.Probe(default))).Response.StatusCode;
    }

    private static string Token(string configuration) => Pattern().Match(configuration).Groups[1].Value;

    [GeneratedRegex("token: \"([^\"]+)\"")]
    private static partial Regex Pattern();
}
