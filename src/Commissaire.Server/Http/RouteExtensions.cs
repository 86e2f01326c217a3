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

    /// <summary>Names a route in the OpenAPI document: clients that are generated from it have a method of this name.</summary>
    public static RouteHandlerBuilder Named(this RouteHandlerBuilder route, string operation, string summary) =>
        route.WithName(operation).WithSummary(summary);

    /// <summary>Documents an error of a route. Errors that every route has need no mention.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder route, int status, string when) =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemResource), [ProblemResource.MediaType])
        {
            Description = when,
        });

    /// <summary>Documents the JSON body that a route takes.</summary>
    public static RouteHandlerBuilder AcceptsJson<TRequest>(this RouteHandlerBuilder route)
        where TRequest : notnull => route.Accepts<TRequest>("application/json");
}
