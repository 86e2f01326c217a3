using System.Text;
using System.Text.Json.Nodes;

namespace Commissaire.Cli.Tests;

/// <summary>New keys for hosts, one host after the other.</summary>
public sealed class RotateKeyTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Fact]
    public async Task The_server_makes_a_key_for_each_host()
    {
        commctl.Server.On("POST /host/10.0.0.1/rotate-key", "{}").On("POST /host/10.0.0.2/rotate-key", "{}");
        var result = await commctl.Run("host rotate-key 10.0.0.1 10.0.0.2");
        Assert.Equal((0, "- Replaced the key of 10.0.0.1\n- Replaced the key of 10.0.0.2\n"), (result.ExitCode, result.Output));
        Assert.All(commctl.Server.Requests, request => Assert.Equal("{}", request.Body));
    }

    [Fact]
    public async Task A_shared_key_is_one_for_all_hosts_of_a_cluster()
    {
        commctl.Server.On("GET /cluster/blue/hosts", """["10.0.0.1", "10.0.0.2"]""")
            .On("POST /host/10.0.0.1/rotate-key", "{}").On("POST /host/10.0.0.2/rotate-key", "{}");
        Assert.Equal(0, (await commctl.Run("host rotate-key --cluster blue --shared")).ExitCode);
        var keys = commctl.Server.Requests.Skip(1).Select(r => $"{JsonNode.Parse(r.Body)!["ssh_priv_key"]}").Distinct();
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", Encoding.ASCII.GetString(Convert.FromBase64String(Assert.Single(keys))),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_host_that_fails_ends_the_command()
    {
        commctl.Server.On("POST /host/10.0.0.1/rotate-key", "{}").Reject("POST /host/10.0.0.2/rotate-key", 409, "No login.");
        var result = await commctl.Run("host rotate-key 10.0.0.1 10.0.0.2 10.0.0.3");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("409. No login. Replaced before: 1 of 3 keys.", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, commctl.Server.Requests.Count);
    }

    [Theory]
    [InlineData("host rotate-key")]
    [InlineData("host rotate-key 10.0.0.1 --cluster blue")]
    public async Task Either_hosts_or_a_cluster_are_named(string line)
    {
        var result = await commctl.Run(line);
        Assert.Equal((2, "commctl host: error: Name either hosts, or a cluster with --cluster.\n"), (result.ExitCode, result.Error));
    }
}
