using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Cli.Tests;

/// <summary>A change whose response was lost is not repeated. commctl reads its object and reports what it shows.</summary>
public sealed class LostResponseTests : IDisposable
{
    private const string Run = """
        {"name":"kk","id":7,"verb":"restart","status":"in_process","started_at":"2026-11-23T21:39:16","by":"a","reason":"0 of 1 hosts done"}
        """;

    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("cluster restart start kk", "PUT /cluster/kk/restart", "GET /cluster/kk/restart", Run,
        "GET /api/v0/cluster/kk/restart shows id '7', name 'kk', status 'in_process', started_at '2026-11-23T21:39:16', by 'a', "
            + "reason '0 of 1 hosts done'.")]
    [InlineData("cluster restart pause kk", "POST /cluster/kk/restart/pause", "GET /cluster/kk/restart", Run,
        "GET /api/v0/cluster/kk/restart shows id '7', ")]
    [InlineData("cluster create kk", "PUT /cluster/kk", "GET /cluster/none", "{}", "Nothing is at /api/v0/cluster/kk now.")]
    [InlineData("host join 10.0.0.1 kk", "PUT /cluster/kk/hosts/10.0.0.1", "GET /cluster/kk/hosts", """["10.0.0.1"]""",
        "10.0.0.1 is in the list at /api/v0/cluster/kk/hosts now.")]
    [InlineData("host unjoin 10.0.0.1 kk", "DELETE /cluster/kk/hosts/10.0.0.1", "GET /cluster/kk/hosts", "[]",
        "10.0.0.1 is not in the list at /api/v0/cluster/kk/hosts now.")]
    [InlineData("host accept-key 10.0.0.1 SHA256:x", "PUT /host/10.0.0.1/hostkey", "GET /host/10.0.0.1",
        """{"address":"10.0.0.1","status":"active","reason":"a\nb"}""",
        "GET /api/v0/host/10.0.0.1 shows address '10.0.0.1', status 'active', reason 'a b'.")]
    [InlineData("token create -c kk", "POST /tokens", "GET /tokens", "[]", "'commctl token list' shows the tokens.")]
    public async Task The_object_is_read_and_described(string line, string request, string check, string found, string description)
    {
        commctl.Server.On(check, found).On(request, Break);

        var result = await commctl.Run(line);

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        var command = $"{request.Split(' ')[0]} /api/v0{request.Split(' ')[1]}";
        Assert.StartsWith(
            $"commctl {line.Split(' ')[0]}: error: The connection broke before the response to {command}. "
            + $"The change may have been applied. {description}", result.Error, StringComparison.Ordinal);
        Assert.EndsWith(" Compare before you retry.\n", result.Error, StringComparison.Ordinal);
        Assert.Single(commctl.Server.Requests, received => received.Line == request);
    }

    [Fact]
    public async Task A_change_that_timed_out_is_looked_up()
    {
        var time = new FakeTimeProvider();
        commctl.Clock = time;
        commctl.Server.On("GET /cluster/kk/restart", Run).On("PUT /cluster/kk/restart", async context =>
        {
            time.Advance(TimeSpan.FromSeconds(101));
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        });

        var result = await commctl.Run("cluster restart start kk");

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith(
            "commctl cluster: error: No response to PUT /api/v0/cluster/kk/restart within 100 s. The change may have been applied. GET ",
            result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_timed_out_on_the_server_is_looked_up()
    {
        commctl.Server.On("GET /cluster/kk/restart", Run)
            .Reject("PUT /cluster/kk/restart", 503, "The request timed out. The change may have been applied: check before you retry.");

        var result = await commctl.Run("cluster restart start kk");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(
            "commctl cluster: error: Unable to PUT the object at /api/v0/cluster/kk/restart: 503. The request timed out. "
            + "The change may have been applied: check before you retry. GET /api/v0/cluster/kk/restart shows id '7', ",
            result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_fails_says_so()
    {
        commctl.Server.On("GET /cluster/kk", "<html>", 500).On("PUT /cluster/kk", Break);

        var result = await commctl.Run("cluster create kk");

        Assert.Contains(
            $"The change may have been applied. Check before you retry: {commctl.Server.Url} answered, but it is not a Commissaire server",
            result.Error, StringComparison.Ordinal);
    }

    private static async Task Break(HttpListenerContext context)
    {
        context.Response.ContentLength64 = 100;
        await context.Response.OutputStream.WriteAsync("{"u8.ToArray());
        context.Response.Abort();
    }
}
