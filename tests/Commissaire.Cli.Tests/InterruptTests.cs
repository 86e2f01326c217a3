using System.Diagnostics;
using static Commissaire.Cli.Tests.EventStream;

namespace Commissaire.Cli.Tests;

/// <summary>An interrupted wait says that the server continues, and how to watch it again.</summary>
public sealed class InterruptTests : IDisposable
{
    private const string Run = """
        {"name":"kk","status":"in_process","restarted":[],"in_process":[],"started_at":"2026-11-23T21:39:16.150947","finished_at":null,
        "id":7,"verb":"restart","reason":"0 of 1 hosts done","by":"a","failed":[],"skipped":[],"waiting":[],
        "options":{"max_unavailable":"1","max_unavailable_hosts":1,"max_failures":"1","max_failures_hosts":1,
        "drain":true,"drain_timeout":600,"on_drain_timeout":"fail","reboot":"never","timeout":600,"soak":0} }
        """;

    private const string Host = """
        {"address":"10.0.0.1","status":"bootstrapping","os":"","cpus":0,"memory":0,"space":0,"last_check":"","source":"",
        "reason":"installing","next":"","since":"","cluster":"kk","container_manager":"","port":22,"remote_user":"root",
        "host_key":"","offered_host_key":"",
        "os_version":"","kernel":"","boot_id":""}
        """;

    private readonly Commctl commctl = new Commctl().Configured();
    private readonly CancellationTokenSource interrupt = new();

    public InterruptTests()
    {
        commctl.Interrupt = interrupt.Token;
        commctl.Server
            .On("PUT /cluster/kk/restart", Run, 201).On("GET /cluster/kk/restart", Run).On("GET /cluster/kk/operations/7", Run)
            .On("PUT /host/10.0.0.1", "{}", 201).On("GET /host/10.0.0.1", Host)
            .On("GET /events?cluster=kk", async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await Send(context, "event: ping\ndata: {}\n\n");
            });
    }

    public void Dispose()
    {
        commctl.Dispose();
        interrupt.Dispose();
    }

    [Theory]
    [InlineData("cluster restart start --wait kk", "GET /cluster/kk/operations/7",
        "commctl: Run 7 of cluster 'kk' continues. To watch it, run: commctl cluster restart status --watch kk\n"
            + "commctl: To start no further host, run: commctl cluster restart pause kk\n")]
    [InlineData("cluster restart status --watch kk -o json --username a", "GET /cluster/kk/operations/7",
        "commctl: Run 7 of cluster 'kk' continues. To watch it, run: commctl cluster restart status --watch kk --output json --username a\n"
            + "commctl: To start no further host, run: commctl cluster restart pause kk --output json --username a\n")]
    [InlineData("host create --wait --cluster kk 10.0.0.1 -", "GET /host/10.0.0.1",
        "commctl: The server continues to prepare host 10.0.0.1. To watch it, run: commctl host status --watch 10.0.0.1\n")]
    [InlineData("host status --watch 10.0.0.1", "GET /host/10.0.0.1",
        "commctl: The server continues to prepare host 10.0.0.1. To watch it, run: commctl host status --watch 10.0.0.1\n")]
    public async Task It_names_the_command_that_resumes_the_watch(string line, string lastRequest, string message)
    {
        var running = commctl.Run(line);
        while (commctl.Server.Requests is not [.., { } last] || last.Line != lastRequest || !IsWatched())
        {
            Assert.False(running.IsCompleted);
            await Task.Delay(20);
        }

        await interrupt.CancelAsync();
        var result = await running;

        Assert.Equal("", result.Output);
        Assert.EndsWith(message, result.Error, StringComparison.Ordinal);

        // The same request may come before the watch, too.
        bool IsWatched() => commctl.Server.Requests.Any(r => r.Line.StartsWith("GET /events", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_interrupted_change_may_have_been_applied()
    {
        commctl.Server.On("PUT /cluster/kk", async _ =>
        {
            await interrupt.CancelAsync();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
        });

        var result = await commctl.Run("cluster create kk");

        Assert.Equal("commctl: Interrupted before the response to PUT /api/v0/cluster/kk. The change may have been applied: "
            + "check before you retry.\n", result.Error);
    }

    [Fact]
    public async Task The_exit_status_is_130()
    {
        // A shell starts background commands with SIGINT ignored, and so do the tests that it runs.
        var program = Path.Combine(AppContext.BaseDirectory, "commctl.dll");
        string[] line = ["--default-signal=INT", "dotnet", program, "cluster", "restart", "start", "--wait", "kk"];
        var start = new ProcessStartInfo("env", line) { RedirectStandardError = true };
        start.Environment["HOME"] = commctl.Home;
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        using var end = limit.Token.Register(process.Kill);
        var firstLine = await process.StandardError.ReadLineAsync();
        Assert.StartsWith("2026-11-23T21:39:16Z kk/7 restart", firstLine, StringComparison.Ordinal);

        using var kill = Process.Start("kill", ["-INT", $"{process.Id}"]);
        var rest = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("Run 7 of cluster 'kk' continues.", rest, StringComparison.Ordinal);
    }
}
