using System.Collections.Immutable;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Commissaire.Acceptance.Tests;

/// <summary>A client of the event stream.</summary>
public sealed class EventFeed : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly CancellationTokenSource enough = new();
    private readonly Task listening;
    private ImmutableList<Item> heard = [];

    private EventFeed(HttpResponseMessage response)
    {
        this.response = response;
        listening = Listen();
    }

    /// <summary>The events so far, oldest first, without pings.</summary>
    public IReadOnlyList<Item> Items => heard;

    /// <summary>The id of the last item, pings included; null before the first.</summary>
    public string? LastId { get; private set; }

    /// <summary>Completes when the server has closed the stream.</summary>
    public Task End => listening;

    /// <summary>Opens a stream, from now on or after an event.</summary>
    public static async Task<EventFeed> Open(Server server, string query = "", string? lastEventId = null)
    {
        var response = await server.Open($"/events{query}", lastEventId);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventFeed(response);
    }

    /// <summary>Waits for an event, and returns all events so far.</summary>
    public async Task<IReadOnlyList<Item>> WaitFor(Func<Item, bool> what, string name)
    {
        await Eventually.True(() => heard.Any(what), name);
        return heard;
    }

    public async ValueTask DisposeAsync()
    {
        await enough.CancelAsync();
        await listening;
        response.Dispose();
        enough.Dispose();
    }

    private async Task Listen()
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(enough.Token);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(enough.Token))
            {
                LastId = item.EventId;
                if (item.EventType != "ping")
                {
                    using var said = JsonDocument.Parse(item.Data);
                    string Field(string name) => $"{said.RootElement.GetProperty(name)}";
                    heard = heard.Add(
                        new Item(item.EventId!, item.EventType, Field("subject"), Field("name"), Field("event"), Field("summary")));
                }
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            return;
        }
    }

    /// <summary>An event.</summary>
    public sealed record Item(string Id, string Type, string Subject, string Name, string Event, string Summary);
}
