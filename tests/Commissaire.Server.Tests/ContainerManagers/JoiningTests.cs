using System.Text.RegularExpressions;
using Commissaire.Bootstrap;
using Commissaire.ContainerManagers;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Hosts;
using Commissaire.Server.Tests.Running;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.ContainerManagers;

public sealed partial class JoiningTests : NodesSpec
{
    [Fact]
    public async Task A_new_token_is_valid_and_revokes_the_previous_token()
    {
        var first = Token(await Nodes.PrepareJoin(Host, default));
        var second = Token(await Nodes.PrepareJoin(Host, default));

        Assert.Equal([$"kube-system/bootstrap-token-{second[..6]}"], Kubernetes.Secrets.AsEnumerable());
        Assert.Equal(403, await Asks(second));
        await Eventually.Is(() => Asks(first), status => status == 401, "the previous token is refused");
        Assert.Contains(Kubernetes.Requests, request => request.User == $"system:bootstrap:{second[..6]}");
    }

    [Fact]
    public async Task Tokens_of_other_hosts_are_kept()
    {
        var other = HostAddress.Parse("10.0.0.2");
        await Nodes.PrepareJoin(other, default);
        await Nodes.PrepareJoin(Host, default);
        Kubernetes.AddNode("10.0.0.1");

        Assert.Null(await Nodes.EnsureNode(Host, Blue, NodeOrigin.Joined, default));

        Assert.Single(Kubernetes.Secrets);
        await Nodes.Tokens.Remove(other, default);
        Assert.Empty(Kubernetes.Secrets);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(120, false)]
    [InlineData(null, false)]
    public async Task Removing_a_host_revokes_its_token_and_removes_a_node_of_its_unfinished_join(int? startedLater, bool removed)
    {
        await Nodes.PrepareJoin(Host, default);
        Kubernetes.AddNode("worker-1", Host.Value);
        DateTimeOffset? since = startedLater is { } seconds ? DateTimeOffset.UtcNow.AddSeconds(seconds) : null;

        await Nodes.Remove(Host, join: true, since, default);

        Assert.Equal(removed, Kubernetes.Nodes.IsEmpty);
        Assert.Empty(Kubernetes.Secrets);
    }

    [Fact]
    public async Task An_unused_token_expires()
    {
        using var nodes = Open(Kubernetes.Token, new FakeTimeProvider(DateTimeOffset.UtcNow - KubeadmJoin.TokenLifetime));
        await nodes.PrepareJoin(Host, default);
        await Eventually.True(() => Kubernetes.Secrets.IsEmpty, "the token is gone");
    }

    [Fact]
    public async Task The_node_of_a_joining_host_is_not_created_but_awaited()
    {
        Assert.Equal(IContainerManager.NodeNotRegistered, await Nodes.EnsureNode(Host, Blue, NodeOrigin.Joined, default));
        Assert.Empty(Kubernetes.Nodes);
        Kubernetes.AddNode("worker-1", "10.0.0.1");
        Assert.Null(await Nodes.EnsureNode(Host, Blue, NodeOrigin.Joined, default));
        Assert.Equal("blue", Kubernetes.Node("worker-1").Labels["commissaire.io/cluster"]);
    }

    [Fact]
    public void Joining_needs_a_certificate_authority() =>
        Assert.StartsWith("ca: ",
            Assert.Throws<FormatException>(() => BootstrapTokens.Authorities([])).Message, StringComparison.Ordinal);

    private async Task<int> Asks(string token)
    {
        using var nodes = Open(token);
        return (int)(await Assert.ThrowsAsync<k8s.Autorest.HttpOperationException>(() => nodes.Probe(default))).Response.StatusCode;
    }

    private static string Token(string configuration) => Pattern().Match(configuration).Groups[1].Value;

    [GeneratedRegex("token: \"([^\"]+)\"")]
    private static partial Regex Pattern();
}
