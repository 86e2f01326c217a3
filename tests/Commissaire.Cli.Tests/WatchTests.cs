using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Cli.Tests;

/// <summary>Runs and hosts that are watched, even while the connection breaks.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    private IEnumerable<string> LastEventIds => commctl.Server.Requests
        .Where(request => request.Line.StartsWith("GET /events", StringComparison.Ordinal)).Select(request => request.LastEventId);

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("finished", 0)]
    [InlineData("failed", 3)]
    public async Task A_run_is_watched_to_its_end_after_a_broken_connection(string end, int exitCode)
    {
        var streams = 0;
        commctl.Server
            .On("PUT /cluster/kk/restart", Run("in_process"), 201)
            .On("GET /cluster/kk/operations/7", Run("in_process"))
            .On("GET /events?cluster=kk", async context =>
            {
                if (Interlocked.Increment(ref streams) == 2)
                {
                    await FakeServer.Send(context, 503, "");
                    return;
                }

                context.Response.ContentType = "text/event-stream";
                if (streams == 1)
                {
                    await Send(context, "event: ping\ndata: {}\n\n",
                        Event(41, "operation", "kk/7", "host-began", "host 10.0.0.1 started"),
                        Event(42, "host", "10.0.0.1", "turn-step-started", "started preflight"),
                        Event(43, "operation", "kk/6", "finished", "another run"),
                        Event(44, "host", "10.0.0.1", "checked", "not part of the run"));
                    context.Response.Close();
                    return;
                }

                commctl.Server.On("GET /cluster/kk/operations/7", Run(end));
                await Send(context, "event: ping\ndata: {}\n\n", Event(45, "operation", "kk/7", end, "1 of 1 hosts done"));
            });

        var result = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal(exitCode, result.ExitCode);
        Assert.Contains($"status: {end}\n", result.Output, StringComparison.Ordinal);
        Assert.Equal(["", "44", "44"], LastEventIds);
        Assert.StartsWith("""
            2026-11-23T21:39:16Z kk/7 restart, started by 'a': 0 of 1 hosts done
            2026-11-23T21:40:00Z kk/7 host 10.0.0.1 started
            2026-11-23T21:40:00Z 10.0.0.1 started preflight
            commctl: Lost the connection to the server. Reconnecting.
            commctl: Reconnected to the server.

            """, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_events_of_a_run_are_shown_even_if_they_arrive_late()
    {
        var time = new FakeTimeProvider();
        commctl.Clock = time;
        var streams = 0;
        commctl.Server
            .On("PUT /cluster/kk/restart", Run("in_process"), 201)
            .On("GET /cluster/kk/operations/7", Run("finished"))
            .On("GET /events?cluster=kk", async context =>
            {
                context.Response.ContentType = "text/event-stream";
                if (Interlocked.Increment(ref streams) == 1)
                {
                    await Send(
                        context, "id: 40\nevent: ping\ndata: {}\n\n",
                        Event(41, "operation", "kk/7", "host-began", "host 10.0.0.1 started"));
                    context.Response.Close();
                    return;
                }

                // The client reconnects after it has read the finished run.
                time.Advance(TimeSpan.FromSeconds(20));
                await Send(context, "id: 41\nevent: ping\ndata: {}\n\n", Event(42, "operation", "kk/7", "finished", "1 of 1 hosts done"));
            });

        var result = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal(0, result.ExitCode);
        Assert.EndsWith("2026-11-23T21:40:00Z kk/7 1 of 1 hosts done\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_breaks_before_the_first_event_is_resumed_from_its_start()
    {
        var streams = 0;
        commctl.Server
            .On("PUT /cluster/kk/restart", Run("in_process"), 201)
            .On("GET /cluster/kk/operations/7", Run("finished"))
            .On("GET /events?cluster=kk", async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await Send(context, "id: 40\nevent: ping\ndata: {}\n\n");
                if (Interlocked.Increment(ref streams) > 1)
                {
                    await Send(
                        context, Event(41, "operation", "kk/7", "begun", "started"),
                        Event(42, "operation", "kk/7", "finished", "1 of 1 hosts done"));
                }

                context.Response.Close();
            });

        var result = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["", "40"], LastEventIds);
    }

    [Fact]
    public async Task A_server_that_sends_no_response_is_tried_again()
    {
        var time = new FakeTimeProvider();
        commctl.Clock = time;
        var streams = 0;
        var reconnected = new TaskCompletionSource();
        commctl.Server
            .On("PUT /cluster/kk/restart", Run("in_process"), 201)
            .On("GET /cluster/kk/operations/7", Run("in_process"))
            .On("GET /events?cluster=kk", async context =>
            {
                switch (Interlocked.Increment(ref streams))
                {
                    case 1:
                        context.Response.ContentType = "text/event-stream";
                        await Send(context, "id: 40\nevent: ping\ndata: {}\n\n");
                        context.Response.Close();
                        return;
                    case 2:
                        // No answer. A minute covers the silence and the pause before the next request; after it the clock slows down, so
                        // that a busy machine has time to act before commctl gives up.
                        for (var seconds = 0; !reconnected.Task.IsCompleted; seconds++)
                        {
                            time.Advance(TimeSpan.FromSeconds(1));
                            await Task.WhenAny(reconnected.Task, Task.Delay(TimeSpan.FromMilliseconds(seconds < 60 ? 20 : 1000)));
                        }

                        return;
                    default:
                        reconnected.TrySetResult();
                        commctl.Server.On("GET /cluster/kk/operations/7", Run("finished"));
                        context.Response.ContentType = "text/event-stream";
                        await Send(
                            context, "id: 40\nevent: ping\ndata: {}\n\n", Event(41, "operation", "kk/7", "finished", "1 of 1 hosts done"));
                        return;
                }
            });

        var result = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("commctl: Reconnected to the server.\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(3, streams);
    }

    [Fact]
    public async Task A_rejected_run_is_not_watched()
    {
        commctl.Server
            .On("GET /events?cluster=kk", context =>
            {
                context.Response.ContentType = "text/event-stream";
                return Send(context, "event: ping\ndata: {}\n\n");
            })
            .Reject("PUT /cluster/kk/restart", 409, "Cluster 'kk' is held by run 1 (upgrade).");

        var result = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("Cluster 'kk' is held by run 1 (upgrade).", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_cluster_cannot_be_watched()
    {
        var result = await commctl.Run("cluster restart start --wait nope");

        Assert.Equal((2, "", "commctl cluster: error: No such object.\n"), (result.ExitCode, result.Output, result.Error));
    }

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
                    while (!commctl.Server.Requests.Any(request => request.Line.Contains("/history", StringComparison.Ordinal)))
                    {
                        await Task.Delay(20);
                    }

                    beforeEvent();
                    await Send(context, Event(41, "host", "10.0.0.1", "node-registered", "added"));
                }
            });
    }

    private static string Host(string status, string manager) => $$"""
        {"address":"10.0.0.1","status":"{{status}}","os":"","cpus":0,"memory":0,"space":0,"last_check":"","source":"","reason":"a reason",
        "next":"","since":"","cluster":"{{(status == "failed" ? "" : "kk")}}","container_manager":"{{manager}}","port":22,
        "remote_user":"root","host_key":"","offered_host_key":"","os_version":"","kernel":"","boot_id":""}
        """;

    private static string Run(string status) => $$"""
        {"name":"kk","status":"{{status}}","restarted":[],"in_process":[],"started_at":"2026-11-23T21:39:16.150947",
        "finished_at":{{(status == "in_process" ? "null" : "\"2026-11-23T21:41:00.000000\"")}},
        "id":7,"verb":"restart","reason":"0 of 1 hosts done","by":"a","failed":[],"skipped":[],"waiting":[],
        "options":{"max_unavailable":"1","max_unavailable_hosts":1,"max_failures":"1","max_failures_hosts":1,
        "drain":true,"drain_timeout":600,"on_drain_timeout":"fail","reboot":"never","timeout":600,"soak":0} }
        """;

    private static string Event(int id, string subject, string name, string @event, string summary) =>
        $$"""
        id: {{id}}
        event: {{subject}}
        data: {"at":"2026-11-23T21:40:00.000000","subject":"{{subject}}","name":"{{name}}","event":"{{@event}}","summary":"{{summary}}"}


        """;

    private static async Task Send(HttpListenerContext context, params string[] events)
    {
        foreach (var item in events)
        {
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(item));
            await context.Response.OutputStream.FlushAsync();
        }
    }
}
