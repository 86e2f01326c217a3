using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.OpenApi;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commissaire.Events;

/// <summary>The route of the event stream, as server-sent events (WHATWG HTML, section 9.2).</summary>
internal static class EventRoutes
{
    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGetAndHead("/events", Stream).WithTags("Events")
            .Named("streamEvents", "Stream the events of hosts, clusters and runs").DescribesEventStream()
            .Fails(404, "The cluster does not exist.");

    private static async Task<IResult> Stream(
        HttpContext context, EventStream events, IRequiredActor<ClusterActor> clusters, CancellationToken ct, string? cluster = null)
    {
        var after = EventRequests.LastEventId(context.Request.Headers);
        var only = cluster is null ? null : await clusters.Find(cluster, ct);
        return cluster is not null && only is null ? ClusterAnswers.Unknown(cluster)
            : HttpMethods.IsHead(context.Request.Method) ? Head(context.Response)
            : TypedResults.ServerSentEvents(events.After(after ?? await events.Last(ct), only, ct));
    }

    // The headers that ServerSentEvents sends.
    private static EmptyHttpResult Head(HttpResponse response)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        response.Headers.Pragma = "no-cache";
        return TypedResults.Empty;
    }
}
