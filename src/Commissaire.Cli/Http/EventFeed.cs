using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Commissaire.Contracts;
using Commissaire.Contracts.Events;
using Commissaire.Invocation;

namespace Commissaire.Http;

/// <summary>
/// What happens, as the servers tell it. When they go away it is asked for again, ever less often, from where it broke off; until then it is kept.
/// </summary>
/// <param name="api">The servers.</param>
/// <param name="cluster">The cluster of interest; null for everything.</param>
/// <param name="note">Where people read that servers went away.</param>
/// <param name="clock">The time.</param>
internal sealed class EventFeed(Api api, string? cluster, Action<string> note, TimeProvider clock) : IDisposable
{
    /// <summary>For how long servers may be away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    // Servers say something every 15 s, if only that they are there.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(45);

    private HttpResponseMessage? _open;
    private string? _last;

    /// <summary>Begins to listen: nothing that happens from now on is missed.</summary>
    /// <returns>Why not, when a server refused.</returns>
    public async Task<Answer?> Open(CancellationToken ct)
    {
        _open = await api.Open(Routes.Events(cluster), _last, ct);
        if (_open.IsSuccessStatusCode)
        {
            return null;
        }

        var refused = new Answer(HttpMethod.Get, Routes.Events(cluster), _open.StatusCode, await _open.Content.ReadAsStringAsync(ct));
        Dispose();
        return refused;
    }

    /// <summary>What happens. A null says that somebody is there, and that it is time to look: after each connection, and in quiet times.</summary>
    /// <exception cref="CommandFailure">The servers were away for too long, or refuse.</exception>
    public async IAsyncEnumerable<StreamedEvent?> Listen([EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            await using var items = Items(ct).GetAsyncEnumerator(ct);
            while (await Next(items, ct))
            {
                yield return items.Current;
            }

            await Reconnect(ct);
            yield return null;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _open?.Dispose();
        _open = null;
    }

    private async IAsyncEnumerable<StreamedEvent?> Items([EnumeratorCancellation] CancellationToken ct)
    {
        if (_open is null)
        {
            yield break;
        }

        await using var stream = await _open.Content.ReadAsStreamAsync(ct);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(ct))
        {
            _last = item.EventId is { Length: > 0 } id ? id : _last;
            yield return item.EventType == "ping" ? null : JsonSerializer.Deserialize(item.Data, ContractsJson.Default.StreamedEvent);
        }
    }

    private async Task<bool> Next(IAsyncEnumerator<StreamedEvent?> items, CancellationToken ct)
    {
        try
        {
            using var silence = new CancellationTokenSource(Silence, clock);
            // A silent connection is cut: reading from it then ends.
            using var cut = silence.Token.Register(Dispose);
            return await items.MoveNextAsync();
        }
        catch (Exception e) when (e is IOException or HttpRequestException or ObjectDisposedException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task Reconnect(CancellationToken ct)
    {
        Dispose();
        note("The server went away; trying to reach it again.");
        var (since, wait) = (clock.GetTimestamp(), Shortest);
        while (true)
        {
            var why = "";
            try
            {
                switch (await Open(ct))
                {
                    case null:
                        note("The server is back.");
                        return;
                    case { Passing: false, Status: not HttpStatusCode.InternalServerError } refused:
                        throw refused.Failure();
                    case var passing:
                        why = $"It answers {(int)passing.Status}.";
                        break;
                }
            }
            catch (Unreachable e)
            {
                why = e.Message;
            }

            if (clock.GetElapsedTime(since) > Patience)
            {
                throw new CommandFailure($"The server has been away for {Patience.TotalMinutes} minutes. {why}", ExitCodes.Unreachable);
            }

            await Task.Delay(wait, clock, ct);
            wait = wait * 2 < Longest ? wait * 2 : Longest;
        }
    }
}
