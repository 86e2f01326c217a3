namespace Commissaire.Cli.Tests;

/// <summary>What is to be changed must exist, and an argument must name something.</summary>
public sealed class NotThereTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("host join 10.0.0.1 nope")]
    [InlineData("host accept-key 10.0.0.1 SHA256:x")]
    [InlineData("cluster restart start nope")]
    [InlineData("cluster restart start nope --wait")]
    [InlineData("cluster restart cancel nope")]
    [InlineData("cluster restart retry nope")]
    public async Task What_is_to_be_changed_must_be_there(string line)
    {
        var result = await commctl.Run(line);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("No such object.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("host", "get", "")]
    [InlineData("host", "create", "", "-")]
    [InlineData("host", "delete", "10.0.0.1", "")]
    [InlineData("cluster", "delete", " ")]
    [InlineData("host", "join", "10.0.0.1", "")]
    [InlineData("cluster", "restart", "start", "")]
    public async Task An_empty_argument_is_refused_before_anything_is_sent(params string[] arguments)
    {
        var result = await commctl.Run(arguments);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("is empty, as if a variable were not set", result.Error, StringComparison.Ordinal);
        Assert.Empty(commctl.Server.Requests);
    }
}
