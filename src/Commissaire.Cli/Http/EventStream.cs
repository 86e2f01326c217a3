using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Commissaire.Contracts;
using Commissaire.Contracts.Events;

namespace Commissaire.Http;

/// <summary>Streams events. If the connection breaks, it reconnects with growing delays and resumes after the last event.</summary>
internal sealed class EventStream(ApiClient api, string? cluster, Action<string> notify, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan ReconnectTimeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MinReconnectDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan MaxReconnectDelay = TimeSpan.FromSeconds(10);

    // Servers send a ping every 15 s.
    private static readonly TimeSpan SilenceTimeout = TimeSpan.FromSeconds(45);

    private const long MaxLineBytes = 1024 * 1024;

    private HttpResponseMessage? _connection;
    private string? _lastEventId;

    /// <summary>Connects. The stream contains every later event.</summary>
    /// <returns>The error response of a server that rejected the request, else null.</returns>
    public async Task<ApiResponse?> Connect(CancellationToken ct)
    {
        var path = Routes.Events(cluster);
        _connection = await api.OpenStream(path, _lastEventId, ct);
        if (_connection is { IsSuccessStatusCode: true, Content.Headers.ContentType.MediaType: "text/event-stream" })
        {
            return null;
        }

        var error = await ApiClient.Read(HttpMethod.Get, path, _connection, ct);
        Dispose();
        return (int)error.Status >= 500 ? error
            : error.EnsureCommissaire() is { IsNotFound: true } missing ? await api.WithSuggestion(missing, ct)
            : error;
    }

    /// <summary>Reads events. Null stands for a ping or a new connection: a time to query the current state.</summary>
    /// <exception cref="CommandException">The servers were unreachable for too long, or rejected the request.</exception>
    public async IAsyncEnumerable<StreamedEvent?> ReadAll([EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            await using var events = ReadConnection(ct).GetAsyncEnumerator(ct);
            while (await TryMoveNext(events, ct))
            {
                yield return events.Current;
            }

            await Reconnect(ct);
            yield return null;
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private async IAsyncEnumerable<StreamedEvent?> ReadConnection([EnumeratorCancellation] CancellationToken ct)
    {
        if (_connection is null)
        {
            yield break;
        }

        await using var stream = new BoundedStream(await _connection.Content.ReadAsStreamAsync(ct), MaxLineBytes, ofEachLine: true);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(ct))
        {
            _lastEventId = item.EventId is { Length: > 0 } id ? id : _lastEventId;
            yield return item.EventType == "ping" ? null : JsonSerializer.Deserialize(item.Data, ContractsJson.Default.StreamedEvent);
        }
    }

    private async Task<bool> TryMoveNext(IAsyncEnumerator<StreamedEvent?> events, CancellationToken ct)
    {
        try
        {
            using var silence = new CancellationTokenSource(SilenceTimeout, clock);
            // Disposing a silent connection ends the pending read.
            using var disconnect = silence.Token.Register(Dispose);
            return await events.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException or JsonException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task Reconnect(CancellationToken ct)
    {
        Dispose();
        notify("Lost the connection to the server. Reconnecting.");
        var (start, delay) = (clock.GetTimestamp(), MinReconnectDelay);
        while (true)
        {
            var reason = "";
            try
            {
                switch (await Connect(ct))
                {
                    case null:
                        notify("Reconnected to the server.");
                        return;
                    case { IsTransient: false, Status: not HttpStatusCode.InternalServerError } error:
                        throw error.ToException();
                    case var error:
                        reason = $"Its last response was {(int)error.Status}.";
                        break;
                }
            }
            catch (CommandException e) when (e.ExitCode == ExitCodes.Unreachable)
            {
                reason = e.Message;
            }

            if (clock.GetElapsedTime(start) > ReconnectTimeout)
            {
                throw new CommandException(
                    $"The server was unavailable for {ReconnectTimeout.TotalMinutes} minutes. {reason}", ExitCodes.Unreachable);
            }

            await Task.Delay(delay, clock, ct);
            delay = delay * 2 < MaxReconnectDelay ? delay * 2 : MaxReconnectDelay;
        }
    }
}
