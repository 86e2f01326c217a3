namespace Commissaire.Cli.Tests;

/// <summary>On a terminal, commctl shows what will be deleted and asks. Without one it works as in 2017.</summary>
public sealed class DeletionTests : IDisposable
{
    private const string Host = """
        {"address": "10.0.0.1", "status": "active", "cluster": "blue", "container_manager": "kube", "node_if_deleted": "removed"}
        """;

    private const string Outcome = """[{"address": "10.0.0.1", "container_manager": "kube", "node": "removed"}]""";

    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("n")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Without_agreement_nothing_is_deleted(string? answer)
    {
        (commctl.OnTerminal, commctl.PromptAnswer) = (true, answer);
        commctl.Server.On("GET /host/10.0.0.1", Host);

        var result = await commctl.Run("host delete 10.0.0.1");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal(
            "host 10.0.0.1: active, in cluster 'blue'; its node in container manager 'kube' is removed\n"
            + "commctl host: error: Nothing was changed.\n", result.Error);
        Assert.Equal(["Continue? [y/N] "], commctl.Prompts);
        Assert.DoesNotContain(commctl.Server.Requests, r => r.Line.StartsWith("DELETE", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("host delete 10.0.0.1", "host/10.0.0.1")]
    [InlineData("host unjoin 10.0.0.1 blue", "cluster/blue/hosts/10.0.0.1")]
    [InlineData("cluster delete blue", "cluster/blue")]
    public async Task With_agreement_the_answer_says_what_became_of_the_nodes(string line, string path)
    {
        (commctl.OnTerminal, commctl.PromptAnswer) = (true, "y");
        commctl.Server.On("GET /host/10.0.0.1", Host).On("GET /hosts", $"[{Host}]").On("GET /cluster/blue", """{"name": "blue"}""")
            .On($"DELETE /{path}?nodes=auto", Outcome);

        var result = await commctl.Run(line);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("host 10.0.0.1: active, in cluster 'blue'; its node in container manager 'kube' is removed", result.Error,
            StringComparison.Ordinal);
        Assert.EndsWith("The node of host 10.0.0.1 in container manager 'kube' is removed.\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("Success", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("kube", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host delete 10.0.0.1 --yes", true, "DELETE /host/10.0.0.1?nodes=auto")]
    [InlineData("host delete 10.0.0.1 -y --nodes keep", true, "DELETE /host/10.0.0.1?nodes=keep")]
    [InlineData("host delete 10.0.0.1", false, "DELETE /host/10.0.0.1")]
    [InlineData("host delete 10.0.0.1 --nodes remove", false, "DELETE /host/10.0.0.1?nodes=remove")]
    [InlineData("cluster delete blue", false, "DELETE /cluster/blue")]
    [InlineData("network delete flat", false, "DELETE /network/flat")]
    [InlineData("network delete flat --yes", true, "DELETE /network/flat")]
    public async Task Nothing_is_asked_without_a_terminal_or_with_yes(string line, bool onTerminal, string request)
    {
        commctl.OnTerminal = onTerminal;
        commctl.Server.On(request, "[]");

        var result = await commctl.Run(line);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal([request], commctl.Server.Requests.Select(r => r.Line));
        Assert.Empty(commctl.Prompts);
    }

    [Fact]
    public async Task What_is_missing_is_shown_before_the_question()
    {
        (commctl.OnTerminal, commctl.PromptAnswer) = (true, "no");
        commctl.Server.On("GET /hosts", "[]");
        var result = await commctl.Run("cluster delete blue --nodes keep");
        Assert.StartsWith("cluster blue: not found\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_release_asks_and_prints_what_became_of_the_files()
    {
        (commctl.OnTerminal, commctl.PromptAnswer) = (true, "yes");
        commctl.Server.On("GET /host/10.0.0.1", Host)
            .On("POST /host/10.0.0.1/release", """{"address": "10.0.0.1", "container_manager": "kube", "files": ["restored /etc/x"]}""");

        var result = await commctl.Run("host release --restore 10.0.0.1 -o yaml");

        Assert.Equal("host 10.0.0.1: active; it is forgotten, and its node stays\n", result.Error);
        Assert.Contains("- restored /etc/x", result.Output, StringComparison.Ordinal);
        Assert.Equal("""{"restore":true}""", commctl.Server.Requests[^1].Body);
    }

    [Fact]
    public async Task A_dry_run_prints_the_plan_and_ends_with_3_if_the_host_would_not_become_ready()
    {
        commctl.Server.On("PUT /host/10.0.0.1?dry_run=true", """{"address": "10.0.0.1", "steps": []}""");
        Assert.Equal((0, "address: 10.0.0.1\nsteps: []\n"), Short(await commctl.Run("host create --dry-run 10.0.0.1 -")));

        commctl.Server.On("PUT /host/10.0.0.1?dry_run=true", """{"problem": "no route"}""");
        Assert.Equal((3, "problem: no route\n"), Short(await commctl.Run("host create --dry-run 10.0.0.1 -")));
        Assert.Equal(2, (await commctl.Run("host create --dry-run --wait 10.0.0.1 -")).ExitCode);

        static (int, string) Short(Commctl.CommandResult result) => (result.ExitCode, result.Output);
    }

    [Fact]
    public async Task A_run_is_planned_for_the_chosen_hosts()
    {
        commctl.Server.On("PUT /cluster/blue/restart?dry_run=true", """{"reason": "2 of 2 hosts done"}""");

        var result = await commctl.Run(
            "cluster restart start blue --dry-run --limit 10.0.0.1,10.0.0.2 --limit 10.0.0.3 --exclude 10.0.0.2");

        Assert.Equal((0, "reason: 2 of 2 hosts done\n"), (result.ExitCode, result.Output));
        Assert.Equal(
            """{"hosts":["10.0.0.1","10.0.0.2","10.0.0.3"],"exclude":["10.0.0.2"]}""", commctl.Server.Requests[^1].Body);
        Assert.Equal(2, (await commctl.Run("cluster restart start blue --dry-run --wait")).ExitCode);
        Assert.Equal(2, (await commctl.Run("cluster", "restart", "start", "blue", "--limit", "")).ExitCode);
    }
}
