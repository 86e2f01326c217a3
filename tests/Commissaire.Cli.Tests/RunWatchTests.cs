using Microsoft.Extensions.Time.Testing;
using static Commissaire.Cli.Tests.EventStream;

namespace Commissaire.Cli.Tests;

/// <summary>Runs that are watched, even while the connection breaks.</summary>
public sealed class RunWatchTests : IDisposable
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

    private static string Run(string status) => $$"""
        {"name":"kk","status":"{{status}}","restarted":[],"in_process":[],"started_at":"2026-11-23T21:39:16.150947",
        "finished_at":{{(status == "in_process" ? "null" : "\"2026-11-23T21:41:00.000000\"")}},
        "id":7,"verb":"restart","reason":"0 of 1 hosts done","by":"a","failed":[],"skipped":[],"waiting":[],
        "options":{"max_unavailable":"1","max_unavailable_hosts":1,"max_failures":"1","max_failures_hosts":1,
        "drain":true,"drain_timeout":600,"on_drain_timeout":"fail","reboot":"never","timeout":600,"soak":0} }
        """;
}
