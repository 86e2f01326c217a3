using static Commissaire.Cli.Tests.EventStream;

namespace Commissaire.Cli.Tests;

/// <summary>Events are printed as they happen.</summary>
public sealed class EventsTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();
    private readonly CancellationTokenSource interrupt = new();

    public void Dispose()
    {
        commctl.Dispose();
        interrupt.Dispose();
    }

    [Theory]
    [InlineData("events", "/events", """
        - at: '2026-11-23T21:40:00.000000'
          event: failed
          name: 10.0.0.1
          subject: host
          summary: 'a: b'
        - at: '2026-11-23T21:40:00.000000'
          event: finished
          name: kk/7
          subject: operation
          summary: done

        """)]
    [InlineData("events kk -f -o json", "/events?cluster=kk", """
        {"at":"2026-11-23T21:40:00.000000","subject":"host","name":"10.0.0.1","event":"failed","summary":"a: b"}
        {"at":"2026-11-23T21:40:00.000000","subject":"operation","name":"kk/7","event":"finished","summary":"done"}

        """)]
    [InlineData("events --follow -o table", "/events", """
        2026-11-23T21:40:00Z host 10.0.0.1 a: b
        2026-11-23T21:40:00Z operation kk/7 done

        """)]
    public async Task Each_event_is_printed_until_the_command_is_interrupted(string line, string route, string output)
    {
        commctl.Interrupt = interrupt.Token;
        var streams = 0;
        commctl.Server.On($"GET {route}", async context =>
        {
            if (Interlocked.Increment(ref streams) == 2)
            {
                // The first stream has been read to its end.
                await interrupt.CancelAsync();
                return;
            }

            context.Response.ContentType = "text/event-stream";
            await Send(
                context, "event: ping\ndata: {}\n\n", Event(41, "host", "10.0.0.1", "failed", "a: b"),
                Event(42, "operation", "kk/7", "finished", "done"));
            context.Response.Close();
        });

        var result = await commctl.Run(line);

        Assert.Equal((output, "commctl: Lost the connection to the server. Reconnecting.\n"), (result.Output, result.Error));
        Assert.Equal("42", commctl.Server.Requests[^1].LastEventId);
    }

    [Fact]
    public async Task A_missing_cluster_cannot_be_followed()
    {
        var result = await commctl.Run("events nope");

        Assert.Equal((2, "commctl events: error: No such object.\n"), (result.ExitCode, result.Error));
    }
}
