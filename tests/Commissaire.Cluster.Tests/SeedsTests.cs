using System.Globalization;
using Commissaire.Acceptance.Tests;

namespace Commissaire.Cluster.Tests;

/// <summary>Processes with configured seeds or a DNS name, which do not find each other through the database.</summary>
public sealed class SeedsTests(Installation installation) : IClassFixture<Installation>
{
    [Fact]
    public async Task Listed_ones_found_and_one_that_is_not_listed_joins()
    {
        await installation.StartNew(0);
        var ports = Enumerable.Range(0, 3).Select(_ => Ports.Free()).ToArray();
        var seeds = string.Join(',', ports.Select(port => $"127.0.0.1:{port}"));
        await using var stranger = installation.New(null, "--cluster-seeds", seeds);
        await stranger.Launch();
        await Eventually.True(
            () => stranger.Output.Contains("is not in the configured seeds", StringComparison.Ordinal),
            "the one that is not listed says so");
        Assert.DoesNotContain("founding", stranger.Output, StringComparison.Ordinal);

        var listed = ports.Select(port => installation.New(
            null, "--cluster-seeds", seeds, "--cluster-port", port.ToString(CultureInfo.InvariantCulture))).ToArray();
        try
        {
            await Task.WhenAll(listed.Select(server => server.Start()));
            await Eventually.Matches(() => Members(stranger), members => members == 4, "all four are one cluster");
            Assert.Single(listed, server => server.Output.Contains("founding the cluster", StringComparison.Ordinal));

            await listed[0].Terminate();
            await listed[0].Start();
            await Eventually.Matches(() => Members(stranger), members => members == 4, "a seed that was restarted has joined again");
        }
        finally
        {
            await Task.WhenAll(listed.Select(server => server.DisposeAsync().AsTask()));
        }
    }

    [Fact]
    public async Task One_that_knows_of_no_seed_but_itself_finds_those_who_are_there()
    {
        await installation.StartNew(2);
        var port = Ports.Free();
        await using var alone = installation.New(
            null, "--cluster-seeds", $"127.0.0.1:{port}", "--cluster-port", port.ToString(CultureInfo.InvariantCulture));
        await alone.Start();
        await Eventually.Matches(() => Members(alone), members => members == 3, "all three are one cluster");
    }

    [Fact]
    public async Task A_name_stands_for_all_of_them()
    {
        await installation.StartNew(0);
        var port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        var names = Directory.CreateTempSubdirectory("commissaire-names-");
        var servers = new List<Acceptance.Tests.Server>();
        try
        {
            string[] addresses = ["127.0.3.1", "127.0.3.2", "127.0.3.3"];
            await File.WriteAllLinesAsync(
                Path.Combine(names.FullName, "hosts"), addresses.Select(address => $"{address} commissaire.test"));
            await File.WriteAllTextAsync(Path.Combine(names.FullName, "host.conf"), "multi on\n");
            foreach (var address in addresses)
            {
                servers.Add(installation.AddKeyFile(new Acceptance.Tests.Server(
                    "--database", installation.Database, "--cluster-dns", $"commissaire.test:{port}", "--cluster-interface", address,
                        "--cluster-port", port)
                {
                    // The name is resolved by a private /etc/hosts.
                    Wrapper = ["unshare", "--mount", "sh", "-c",
                        $"mount --bind {names.FullName}/hosts /etc/hosts && "
                        + $"mount --bind {names.FullName}/host.conf /etc/host.conf && exec \"$@\"", "sh"],
                }));
            }

            await Task.WhenAll(servers.Select(server => server.Start()));
            foreach (var server in servers)
            {
                await Eventually.Matches(() => Members(server), members => members == 3, "all three are one cluster");
                Assert.True(server.Output.Contains("founding the cluster", StringComparison.Ordinal)
                    || server.Output.Contains($":{port}, akka", StringComparison.Ordinal), server.Output);
            }
        }
        finally
        {
            await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
            names.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_name_that_stands_for_nothing_is_waited_for_with_words()
    {
        await installation.StartNew(0);
        await using var server = installation.New(null, "--cluster-dns", "commissaire.invalid:4053");
        await server.Launch();
        await Eventually.True(() => server.Output.Contains("Cluster heartbeat failed, retrying: cluster_dns: ", StringComparison.Ordinal),
            "it says what it waits for");
        Assert.False(await server.IsReady());
    }

    [Theory]
    [InlineData("several processes need a shared database", "--cluster-seeds", "127.0.0.1:4053")]
    [InlineData("several processes need a shared database", "--cluster-dns", "commissaire.test:4053")]
    [InlineData("set at most one of them",
        "--cluster-dns", "commissaire.test:4053", "--cluster-seeds", "127.0.0.1:4053", "--database", "Host=127.0.0.1")]
    [InlineData("expected HOST:PORT,…, got '127.0.0.1'", "--cluster-seeds", "127.0.0.2:4053,127.0.0.1", "--database", "Host=127.0.0.1")]
    [InlineData("expected HOST:PORT, got 'commissaire.test:0'", "--cluster-dns", "commissaire.test:0", "--database", "Host=127.0.0.1")]
    public async Task Where_to_ask_must_be_clear(string says, params string[] arguments)
    {
        await using var server = new Acceptance.Tests.Server(arguments);

        var (exitCode, _, error) = await server.RunToEnd();

        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
    }

    private static async Task<int> Members(Acceptance.Tests.Server server) =>
        await Installation.TryGet(server, "/processes") is { Code: 200 } seen
            ? seen.Json.EnumerateArray().Count(p => p.GetProperty("status").ToString() == "up") : 0;
}
