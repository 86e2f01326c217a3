using Microsoft.AspNetCore.Authorization;
using Scalar.AspNetCore;

namespace Commissaire.OpenApi;

/// <summary>
/// The page that shows the OpenAPI document. Its script comes from this process, and its policy forbids the browser to load anything from
/// elsewhere. It sends no requests but for the document: a click in a description must not restart a cluster.
/// </summary>
internal static class DocsPage
{
    /// <summary>The path of the page. Its links are relative, so it is served with a trailing slash.</summary>
    public const string Path = "/docs";

    // A browser that logged in at the page sends the password by itself to paths below it only.
    private const string Document = $"{Path}/{ApiDocument.Name}.json";

    /// <summary>Maps the page, its script and its document. They need credentials, as every route does.</summary>
    public static void MapDocs(this IEndpointRouteBuilder app)
    {
        app.MapApiDocument(Document);
        var page = app.MapScalarApiReference(Path, options =>
        {
            options.Title = "Commissaire API";
            options.OpenApiRoutePattern = Document;
            options.AddDocument(ApiDocument.Name, "Commissaire");
            options.WithNonce();

            // These features send requests to other servers.
            options.Telemetry = false;
            options.DefaultFonts = false;
            options.DotNetFlag = false;
            options.ProxyUrl = "";
            options.DisableAgent();
            options.DisableMcp();
            options.ShowDeveloperTools = DeveloperToolsVisibility.Never;

            // The page is for reading: it has no buttons that send requests, and no commands with a private key in their arguments.
            options.HideTestRequestButton = true;
            options.HideClientButton = true;
            options.HiddenClients = true;
            options.PersistentAuthentication = false;
        });
        page.AddEndpointFilter(Protect);
        page.Finally(endpoint =>
        {
            foreach (var anonymous in endpoint.Metadata.OfType<IAllowAnonymous>().ToList())
            {
                endpoint.Metadata.Remove(anonymous);
            }

            endpoint.Metadata.Add(new HttpMethodMetadata(RouteExtensions.GetAndHead));
        });
    }

    /// <summary>Whether a path is that of the page or of a part of it: a browser must be told how to log in there.</summary>
    public static bool Contains(PathString path) => path.StartsWithSegments(Path, StringComparison.Ordinal);

    private static async ValueTask<object?> Protect(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (context.GetRouteValue("documentName") is { } name)
        {
            return Answers.Problem(404, $"There is no document '{name}'. The description of the API is at {Path}/.");
        }

        var answer = await next(invocation);
        var scripts = context.Items[ScalarOptions.NonceHttpContextItemKey] is string nonce ? $"'self' 'nonce-{nonce}'" : "'none'";
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return answer;
    }
}
