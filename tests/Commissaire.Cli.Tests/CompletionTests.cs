using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Cli.Tests;

/// <summary>Completions of names, which the server knows. Without them there is silence.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly Commctl commctl = new();

    public CompletionTests() => commctl.Server
        .On("GET /clusters", """["web", "db", "has space", "has\u001bescape"]""")
        .On("GET /hosts", """[{"address":"10.0.0.1","cluster":"web"},{"address":"fe80::1"}]""")
        .On("GET /networks", """["flat"]""").On("GET /containermanagers", """["ocp"]""").On("GET /tokens", """[{"id":"t1"}]""")
        .On("GET /cluster/web/operations", """[{"id":6},{"id":7}]""");

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("cluster get ", "db web")]
    [InlineData("cluster get w", "web")]
    [InlineData("cluster delete web ", "db web")]
    [InlineData("cluster restart start ", "db web")]
    [InlineData("cluster operations web ", "6 7")]
    [InlineData("cluster create --network ", "flat")]
    [InlineData("cluster create -c ", "ocp")]
    [InlineData("host get ", "10.0.0.1 fe80::1")]
    [InlineData("host ssh 10", "10.0.0.1")]
    [InlineData("host join ", "10.0.0.1 fe80::1")]
    [InlineData("host join 10.0.0.1 ", "db web")]
    [InlineData("host create --cluster ", "db web")]
    [InlineData("host create ", "")]
    [InlineData("host list ", "db web")]
    [InlineData("network get ", "flat")]
    [InlineData("container-manager get ", "ocp")]
    [InlineData("token revoke ", "t1")]
    [InlineData("events ", "db web")]
    public async Task Names_are_completed(string line, string names)
    {
        commctl.Configured();

        Assert.Equal(names, await Complete(line));
    }

    [Theory]
    [InlineData("""{"username": "a", "password": "a", "endpoint": "http://127.0.0.1:1"}""")]
    [InlineData("""{"username": "a", "endpoint": "http://127.0.0.1:1"}""")]
    [InlineData("""{"unknown": 1}""")]
    [InlineData("{")]
    public async Task Without_a_server_or_a_password_there_is_silence(string config)
    {
        commctl.File(".commissaire.json", config);
        commctl.PromptAnswer = "typed";

        Assert.Equal("", await Complete("cluster get "));
        Assert.Empty(commctl.Prompts);
    }

    [Fact]
    public async Task Rejected_credentials_are_silent()
    {
        commctl.Configured().Server.Reject("GET /clusters", 403, "No.");

        Assert.Equal("", await Complete("cluster get "));
    }

    [Fact]
    public async Task A_slow_server_is_not_awaited()
    {
        var time = new FakeTimeProvider();
        commctl.Clock = time;
        commctl.Configured().Server.On("GET /clusters", async _ =>
        {
            time.Advance(TimeSpan.FromSeconds(1.6));
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        });

        Assert.Equal("", await Complete("cluster get "));
    }

    // The completions that are no options.
    private async Task<string> Complete(string line)
    {
        line = $"commctl {line}";
        var result = await commctl.Run($"[suggest:{line.Length}]", line);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var words = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Where(word => !word.StartsWith('-')).Order(StringComparer.Ordinal));
    }
}
