using System.Globalization;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commissaire.Events;

/// <summary>What happens, streamed over REST as server-sent events (WHATWG HTML, section 9.2).</summary>
internal static class EventEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapMethods("/events", Verbs.Get, Stream).WithTags("Events").Produces<Contracts.Events.StreamedEvent>(200, "text/event-stream").Refuses(400).Refuses(404);

    private static async Task<IResult> Stream(
        HttpContext context, EventStream events, IRequiredActor<ClusterActor> clusters, CancellationToken ct, string? cluster = null)
    {
        long? after = context.Request.Headers["Last-Event-ID"] switch
        {
            [] => null,
            [var id] when long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var place) => place,
            var id => throw Body.Bad($"Last-Event-ID: '{id}' is not the id of an event; expected the number that came with one."),
        };
        var of = cluster is null ? null : await ClusterEndpoints.Find(cluster, clusters, ct);
        if (cluster is not null && of is null)
        {
            return ClusterEndpoints.Unknown(cluster);
        }

        return HttpMethods.IsHead(context.Request.Method) ? Head(context.Response) : TypedResults.ServerSentEvents(events.After(after ?? await events.Last(ct), of, ct));
    }

    // The head of a stream, and no stream.
    private static EmptyHttpResult Head(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        response.Headers.Pragma = "no-cache";
        return TypedResults.Empty;
    }
}
