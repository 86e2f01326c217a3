namespace Commissaire.Http;

/// <summary>The verbs of routes.</summary>
internal static class Verbs
{
    /// <summary>Whatever answers GET answers HEAD.</summary>
    public static readonly string[] Get = [HttpMethods.Get, HttpMethods.Head];
}

/// <summary>What routes say of themselves in the OpenAPI document.</summary>
internal static class Documented
{
    /// <summary>The route may answer with a problem of this status.</summary>
    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, int status) =>
        route.Produces<Contracts.ProblemResource>(status, Contracts.ProblemResource.MediaType);
}
