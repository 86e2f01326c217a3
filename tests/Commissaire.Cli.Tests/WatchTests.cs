using System.Net;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Cli.Tests;

/// <summary>Runs that are watched, with a server that goes away in the middle.</summary>
public sealed class WatchTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("finished", 0)]
    [InlineData("failed", 3)]
    public async Task A_run_is_followed_to_its_end_over_a_broken_stream(string end, int code)
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
                    await Say(context, "event: ping\ndata: {}\n\n", Event(41, "operation", "kk/7", "host-began", "host 10.0.0.1 has its turn"), Event(42, "host", "10.0.0.1", "turn-step-started", "began preflight"),
                        Event(43, "operation", "kk/6", "finished", "another run"), Event(44, "host", "10.0.0.1", "checked", "nothing of the run"));
                    context.Response.Close();
                    return;
                }

                commctl.Server.On("GET /cluster/kk/operations/7", Run(end));
                await Say(context, "event: ping\ndata: {}\n\n", Event(45, "operation", "kk/7", end, "1 of 1 hosts done"));
            });

        var ran = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal(code, ran.Code);
        Assert.Contains($"status: {end}\n", ran.Output, StringComparison.Ordinal);
        Assert.Equal(["", "44", "44"], commctl.Server.Requests.Where(asked => asked.Request.StartsWith("GET /events", StringComparison.Ordinal)).Select(asked => asked.LastEventId));
        Assert.StartsWith("""
            2026-11-23T21:39:16Z kk/7 restart, begun by 'a': going on
            2026-11-23T21:40:00Z kk/7 host 10.0.0.1 has its turn
            2026-11-23T21:40:00Z 10.0.0.1 began preflight
            commctl: The server went away; trying to reach it again.
            commctl: The server is back.

            """, ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_events_of_a_run_are_told_even_if_they_come_long_after_its_record()
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
                    await Say(context, "id: 40\nevent: ping\ndata: {}\n\n", Event(41, "operation", "kk/7", "host-began", "host 10.0.0.1 has its turn"));
                    context.Response.Close();
                    return;
                }

                // Whoever asks again has read the record.
                time.Advance(TimeSpan.FromSeconds(20));
                await Say(context, "id: 41\nevent: ping\ndata: {}\n\n", Event(42, "operation", "kk/7", "finished", "1 of 1 hosts done"));
            });

        var ran = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal(0, ran.Code);
        Assert.EndsWith("2026-11-23T21:40:00Z kk/7 1 of 1 hosts done\n", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_breaks_before_anything_happened_is_taken_up_from_where_it_began()
    {
        var streams = 0;
        commctl.Server
            .On("PUT /cluster/kk/restart", Run("in_process"), 201)
            .On("GET /cluster/kk/operations/7", Run("finished"))
            .On("GET /events?cluster=kk", async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await Say(context, "id: 40\nevent: ping\ndata: {}\n\n");
                if (Interlocked.Increment(ref streams) > 1)
                {
                    await Say(context, Event(41, "operation", "kk/7", "begun", "begun"), Event(42, "operation", "kk/7", "finished", "1 of 1 hosts done"));
                }

                context.Response.Close();
            });

        var ran = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal(0, ran.Code);
        Assert.Equal(["", "40"], commctl.Server.Requests.Where(asked => asked.Request.StartsWith("GET /events", StringComparison.Ordinal)).Select(asked => asked.LastEventId));
    }

    [Fact]
    public async Task A_server_that_takes_the_connection_and_says_nothing_is_left_and_asked_again()
    {
        var time = new FakeTimeProvider();
        commctl.Clock = time;
        var streams = 0;
        var asked = new TaskCompletionSource();
        commctl.Server
            .On("PUT /cluster/kk/restart", Run("in_process"), 201)
            .On("GET /cluster/kk/operations/7", Run("in_process"))
            .On("GET /events?cluster=kk", async context =>
            {
                switch (Interlocked.Increment(ref streams))
                {
                    case 1:
                        context.Response.ContentType = "text/event-stream";
                        await Say(context, "id: 40\nevent: ping\ndata: {}\n\n");
                        context.Response.Close();
                        return;
                    case 2:
                        // No answer. A minute covers the silence and the pause before the next request; after it the clock slows down, so
                        // that a busy machine has time to act before commctl gives up.
                        for (var seconds = 0; !asked.Task.IsCompleted; seconds++)
                        {
                            time.Advance(TimeSpan.FromSeconds(1));
                            await Task.WhenAny(asked.Task, Task.Delay(TimeSpan.FromMilliseconds(seconds < 60 ? 20 : 1000)));
                        }

                        return;
                    default:
                        asked.TrySetResult();
                        commctl.Server.On("GET /cluster/kk/operations/7", Run("finished"));
                        context.Response.ContentType = "text/event-stream";
                        await Say(context, "id: 40\nevent: ping\ndata: {}\n\n", Event(41, "operation", "kk/7", "finished", "1 of 1 hosts done"));
                        return;
                }
            });

        var ran = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal(0, ran.Code);
        Assert.Contains("commctl: The server is back.\n", ran.Error, StringComparison.Ordinal);
        Assert.Equal(3, streams);
    }

    [Fact]
    public async Task A_run_that_was_not_begun_is_not_waited_for()
    {
        commctl.Server
            .On("GET /events?cluster=kk", context =>
            {
                context.Response.ContentType = "text/event-stream";
                return Say(context, "event: ping\ndata: {}\n\n");
            })
            .Refuse("PUT /cluster/kk/restart", 409, "Cluster 'kk' is held by run 1 (upgrade).");

        var ran = await commctl.Run("cluster restart start --wait kk");

        Assert.Equal((2, ""), (ran.Code, ran.Output));
        Assert.Contains("Cluster 'kk' is held by run 1 (upgrade).", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_exist_cannot_be_waited_for()
    {
        var ran = await commctl.Run("cluster restart start --wait nope");

        Assert.Equal((2, "", "commctl cluster: error: There is none.\n"), (ran.Code, ran.Output, ran.Error));
    }

    private static string Run(string status) => $$"""
        {"name":"kk","status":"{{status}}","restarted":[],"in_process":[],"started_at":"2026-11-23T21:39:16.150947","finished_at":{{(status == "in_process" ? "null" : "\"2026-11-23T21:41:00.000000\"")}},
        "id":7,"verb":"restart","reason":"going on","by":"a","failed":[],"skipped":[],"waiting":[],
        "options":{"max_unavailable":"1","max_unavailable_hosts":1,"max_failures":"1","max_failures_hosts":1,"drain":true,"drain_timeout":600,"on_drain_timeout":"fail","reboot":"never","timeout":600,"soak":0} }
        """;

    private static string Event(int id, string subject, string name, string what, string summary) =>
        $$"""
        id: {{id}}
        event: {{subject}}
        data: {"at":"2026-11-23T21:40:00.000000","subject":"{{subject}}","name":"{{name}}","event":"{{what}}","summary":"{{summary}}"}


        """;

    private static async Task Say(HttpListenerContext context, params string[] events)
    {
        foreach (var said in events)
        {
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(said));
            await context.Response.OutputStream.FlushAsync();
        }
    }
}
