namespace Commissaire.Cli.Tests;

/// <summary>What happens next, for what it waits, and who can change that.</summary>
public sealed class ExplainTests : IDisposable
{
    private const string Waiting = """
        {"address": "10.0.0.2", "status": "failed", "cluster": "blue", "since": "2026-11-27T10:00:00.000000", "reason": "no route",
         "next": "the health check is repeated", "waits_for": "the host", "cpus": 2, "port": 22}
        """;

    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Fact]
    public async Task A_host_is_explained_by_what_the_server_says()
    {
        commctl.Server.On("GET /host/10.0.0.2", Waiting);
        var result = await commctl.Run("explain host 10.0.0.2 -o json");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("\"waits_for\": \"the host\"", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"next\": \"the health check is repeated\"", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("cpus", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_names_its_unavailable_hosts_and_its_run()
    {
        commctl.Server.On("GET /cluster/blue", """
                {"name": "blue", "status": "degraded", "reason": "unavailable hosts: 1 of 2", "container_manager": "kube"}
                """)
            .On("GET /hosts", $$"""[{"address": "10.0.0.1", "status": "active", "cluster": "blue"}, {{Waiting}}]""")
            .On("GET /cluster/blue/operations", """
                [{"id": 1, "status": "finished"}, {"id": 2, "status": "in_process", "verb": "restart", "reason": "in progress"}]
                """);
        var result = await commctl.Run("explain cluster blue");
        Assert.Contains("address: 10.0.0.2", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", result.Output, StringComparison.Ordinal);
        Assert.Contains("id: 2", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_shows_the_hosts_that_are_not_done()
    {
        commctl.Server.On("GET /cluster/blue/operations/2", """
            {"name": "blue", "id": 2, "status": "in_process", "waits_for": "the hosts in their turn: 10.0.0.2",
             "hosts": [{"address": "10.0.0.1", "outcome": "succeeded"}, {"address": "10.0.0.2", "outcome": "in_process", "step": "drain"}]}
            """);
        var result = await commctl.Run("explain run blue 2");
        Assert.Contains("waits_for: 'the hosts in their turn: 10.0.0.2'", result.Output, StringComparison.Ordinal);
        Assert.Contains("step: drain", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("10.0.0.1", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explain host 10.0.0.9")]
    [InlineData("explain cluster none")]
    [InlineData("explain run none 1")]
    public async Task What_is_missing_is_not_explained(string line)
    {
        var result = await commctl.Run(line);
        Assert.Equal((0, "No object found.\n...\n"), (result.ExitCode, result.Output));
    }
}
