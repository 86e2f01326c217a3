namespace Commissaire.Http;

/// <summary>
/// Rejects changes that a page of another site asks a browser for: a browser adds the password or certificate of its user to them. Clients
/// that are no browsers send neither header.
/// </summary>
internal static class CrossSiteRequests
{
    public static Task Refuse(HttpContext context, RequestDelegate next) =>
        IsChange(context.Request.Method) && IsFromAnotherSite(context.Request)
            ? Answers.WriteProblem(
                context,
                StatusCodes.Status403Forbidden,
                "A web page of another site sent the request (Sec-Fetch-Site, Origin). Send it from a client that is not a browser.")
            : next(context);

    private static bool IsChange(string method) =>
        !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    // Browsers send Sec-Fetch-Site over https and to this machine, and Origin with every change.
    private static bool IsFromAnotherSite(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"] is [var site]
            ? site is not ("same-origin" or "none")
            : request.Headers.Origin is [var origin]
                && !(Uri.TryCreate(origin, UriKind.Absolute, out var page)
                    && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));
}
