using static Commissaire.Cli.Tests.EventStream;

namespace Commissaire.Cli.Tests;

/// <summary>New hosts that are watched until they are ready.</summary>
public sealed class HostWatchTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("active", "ocp", "node-registered", 0)]
    [InlineData("failed", "", "failed", 3)]
    [InlineData("disassociated", "", "bootstrapped", 0)]
    [InlineData("disassociated", "ocp", "node-problem", 3)]
    public async Task A_new_host_is_watched_until_it_is_ready_or_failed(string status, string manager, string lastEvent, int exitCode)
    {
        WatchHost(status, manager, [lastEvent, "credentials-read"]);

        var result = await commctl.Run("host create --wait --cluster kk 10.0.0.1 -");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains($"status: {status}\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_whose_node_is_not_added_yet_is_still_watched()
    {
        WatchHost(
            "disassociated", "ocp", ["node-problem", "bootstrapped", "node-registration-started"], () => WatchHost("active", "ocp", []));

        var result = await commctl.Run("host create --wait --cluster kk 10.0.0.1 -");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("10.0.0.1 is disassociated: a reason\n", result.Error, StringComparison.Ordinal);
        Assert.Contains("2026-11-23T21:40:00Z 10.0.0.1 added\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_without_end_breaks_the_connection_and_watching_continues()
    {
        WatchHost("disassociated", "ocp", ["node-problem", "bootstrapped", "node-registration-started"]);
        commctl.Server.On("GET /events?cluster=kk", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await Send(context, "event: ping\ndata: {}\n\n");
            await HistoryIsRead();
            WatchHost("active", "ocp", ["node-registered"]);
            await Send(context, "data: ", new string('x', 2 * 1024 * 1024));
        });

        var result = await commctl.Run("host create --wait --cluster kk 10.0.0.1 -");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Lost the connection to the server. Reconnecting.", result.Error, StringComparison.Ordinal);
    }

    // The stream sends a ping, calls beforeEvent, and sends an event of the host.
    private void WatchHost(string status, string manager, string[] history, Action? beforeEvent = null)
    {
        var entries = history.Select((name, i) => $$"""{"sequence":{{i + 1}},"at":"T","event":"{{name}}","summary":"","output":""}""");
        commctl.Server
            .On("PUT /host/10.0.0.1", "{}", 201)
            .On("GET /host/10.0.0.1", Host(status, manager))
            .On("GET /host/10.0.0.1/history?after=0&limit=1000", $"[{string.Join(',', entries)}]")
            .On("GET /cluster/kk", $$"""
                {"name":"kk","status":"ok","network":"default","hostset":["10.0.0.1"],"container_manager":"{{manager}}",
                "hosts":{"total":1,"available":0,"unavailable":1},"reason":""}
                """)
            .On("GET /events?cluster=kk", async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await Send(context, "event: ping\ndata: {}\n\n");
                if (beforeEvent is not null)
                {
                    await HistoryIsRead();
                    beforeEvent();
                    await Send(context, Event(41, "host", "10.0.0.1", "node-registered", "added"));
                }
            });
    }

    private async Task HistoryIsRead()
    {
        while (!commctl.Server.Requests.Any(request => request.Line.Contains("/history", StringComparison.Ordinal)))
        {
            await Task.Delay(20);
        }
    }

    private static string Host(string status, string manager) => $$"""
        {"address":"10.0.0.1","status":"{{status}}","os":"","cpus":0,"memory":0,"space":0,"last_check":"","source":"","reason":"a reason",
        "next":"","since":"","cluster":"{{(status == "failed" ? "" : "kk")}}","container_manager":"{{manager}}","port":22,
        "remote_user":"root","host_key":"","offered_host_key":"","os_version":"","kernel":"","boot_id":""}
        """;
}
