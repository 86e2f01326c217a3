using Commissaire.Contracts;

namespace Commissaire.Http;

/// <summary>Shorthands for mapping and documenting routes.</summary>
internal static class RouteExtensions
{
    /// <summary>The methods of a route that reads.</summary>
    public static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps a route that reads. ASP.NET's <c>MapGet</c> answers HEAD with 405.</summary>
    public static RouteHandlerBuilder MapGetAndHead(this IEndpointRouteBuilder routes, string pattern, Delegate handler) =>
        routes.MapMethods(pattern, GetAndHead, handler);

    /// <summary>Documents the error statuses of a route in the OpenAPI document.</summary>
    public static RouteHandlerBuilder ProducesProblems(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<ProblemResource>(status, ProblemResource.MediaType);
        }

        return route;
    }

    /// <summary>Documents the JSON body that a route takes.</summary>
    public static RouteHandlerBuilder AcceptsJson<TRequest>(this RouteHandlerBuilder route)
        where TRequest : notnull => route.Accepts<TRequest>("application/json");
}
