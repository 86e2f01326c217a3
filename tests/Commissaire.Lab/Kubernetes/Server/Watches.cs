using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;

namespace Commissaire.Lab.Kubernetes.Server;

/// <summary>Handles watch requests: sends each change as a line of JSON.</summary>
internal sealed class Watches(Store store, Time time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    public async Task Tell(Call call, HttpResponse response, CancellationToken ct)
    {
        var selects = Selector.Parse(call.Kind, call.Query["labelSelector"], call.Query["fieldSelector"]);
        var query = call.Query["resourceVersion"].ToString();
        var since = query is "" or "0" ? 0
            : long.TryParse(query, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given
            : throw Errors.BadRequest($"resourceVersion: Invalid value: \"{query}\": invalid resource version");
        response.ContentType = "application/json";
        await response.StartAsync(ct);
        await response.Body.FlushAsync(ct);

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ct);
        ends.CancelAfter(double.TryParse(call.Query["timeoutSeconds"], CultureInfo.InvariantCulture, out var seconds) && seconds > 0
            ? TimeSpan.FromSeconds(seconds)
            : Longest);
        try
        {
            if (since == 0)
            {
                since = await TellPresent(call, selects, response, ends.Token);
            }

            await Follow(call, selects, since, response, ends.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The timeout of the client has passed: end the answer.
        }
    }

    private async Task<long> TellPresent(Call call, Func<JsonObject, bool> selects, HttpResponse response, CancellationToken ct)
    {
        List<JsonObject> present;
        long revision;
        lock (store.Guard)
        {
            present = [.. store.All(call.Kind).Where(each => InScope(call, each) && selects(each))];
            revision = store.Revision;
        }

        foreach (var each in present)
        {
            await Write(response, "ADDED", Call.Whole(call.Kind, each), ct);
        }

        if (call.Query["sendInitialEvents"] == "true")
        {
            await Bookmark(call, revision, response, initial: true, ct);
        }

        return revision;
    }

    private async Task Follow(Call call, Func<JsonObject, bool> selects, long since, HttpResponse response, CancellationToken ct)
    {
        var bookmarks = call.Query["allowWatchBookmarks"] is [var allowed] && allowed is "true" or "1";
        while (true)
        {
            if (store.Since(since) is not { } known)
            {
                await Write(response, "ERROR", (JsonObject)Errors.TooOld(since, store.Revision).Answer.Body, ct);
                return;
            }

            foreach (var change in known.Changes)
            {
                since = change.Revision;
                if (change.Kind == call.Kind && InScope(call, change.Object) && Seen(change, selects) is { } type)
                {
                    await Write(response, type, Call.Whole(call.Kind, change.Object), ct);
                }
            }

            var wait = bookmarks ? time.Seconds(60) : Longest;
            try
            {
                await known.More.WaitAsync(wait, ct);
            }
            catch (TimeoutException)
            {
                await Bookmark(call, since, response, initial: false, ct);
            }
        }
    }

    /// <summary>The type of a change for a watch with a selector.</summary>
    private static string? Seen(Change change, Func<JsonObject, bool> selects)
    {
        var (before, now) = (change.Before is { } earlier && selects(earlier), change.Type is not "DELETED" && selects(change.Object));
        return (before, now) switch
        {
            (true, true) => "MODIFIED",
            (false, true) => "ADDED",
            (true, false) => "DELETED",
            _ => null,
        };
    }

    private static bool InScope(Call call, JsonObject each) =>
        (call.Namespace.Length == 0 || each.Namespace() == call.Namespace) && (call.Name.Length == 0 || each.Name() == call.Name);

    private static Task Bookmark(Call call, long revision, HttpResponse response, bool initial, CancellationToken ct)
    {
        var metadata = new JsonObject { ["resourceVersion"] = revision.ToString(CultureInfo.InvariantCulture) };
        if (initial)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }

        return Write(response, "BOOKMARK", Call.Whole(call.Kind, new JsonObject { ["metadata"] = metadata }), ct);
    }

    private static async Task Write(HttpResponse response, string type, JsonObject told, CancellationToken ct)
    {
        var line = new JsonObject { ["type"] = type, ["object"] = told }.ToJsonString() + "\n";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(line), ct);
        await response.Body.FlushAsync(ct);
    }
}
