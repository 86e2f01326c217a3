using Commissaire.Configuration;
using Commissaire.OpenApi;
using Commissaire.Processes;
using Commissaire.Telemetry;

namespace Commissaire.Http;

/// <summary>The middleware around every endpoint.</summary>
internal static class HttpPipeline
{
    /// <summary>Turns errors into problems, normalizes requests, and rejects them without a user or outside the cluster.</summary>
    public static WebApplication UseHttpPipeline(this WebApplication app, ServerSettings settings)
    {
        app.Use(EndWithoutClient);
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = Errors.Write,

            // The handler logs: an error of the client, or one that passes, is no error of the server.
            SuppressDiagnosticsCallback = _ => true,
        });
        app.UseStatusCodePages(Errors.Write);
        app.Use(ConnectionLimit.Refuse);
        app.Use(Normalize);
        app.Use(CrossSiteRequests.Refuse);
        app.UseForwardedFor(settings.TrustedProxies);
        app.UseRouting();
        app.UseAuthorization();
        app.Use(CurrentCaller.Set);
        app.Use(QueryParameters.Refuse);
        var membership = app.Services.GetRequiredService<ClusterMembership>();
        app.Use((context, next) => RequireMembership(membership, context, next));
        return app;
    }

    /// <summary>Whether a path reports on the process itself, so that it works before the process is a member.</summary>
    public static bool IsAboutTheProcess(PathString path) =>
        path.StartsWithSegments(Health.Path, StringComparison.Ordinal) || path.Equals(TelemetrySetup.Path, StringComparison.Ordinal);

    // A client that hangs up cancels what was done for it, in the middle of a response too. Kestrel would log that as an error.
    private static async Task EndWithoutClient(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody reads an answer.
        }
    }

    /// <summary>Whether the path of a request ended with a slash.</summary>
    public static bool HadTrailingSlash(HttpContext context) => context.Items.ContainsKey(nameof(HadTrailingSlash));

    // Clients of 2017 double slashes, and never set a Content-Type for their JSON.
    private static Task Normalize(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "/";
        while (path.Contains("//", StringComparison.Ordinal))
        {
            path = path.Replace("//", "/", StringComparison.Ordinal);
        }

        if (path.Length > 1 && path.EndsWith('/'))
        {
            context.Items[nameof(HadTrailingSlash)] = true;
        }

        var trimmed = path.Length > 1 ? path.TrimEnd('/') : path;
        context.Request.Path = HadTrailingSlash(context) && trimmed == DocsPage.Path ? path : trimmed;
        context.Request.ContentType = "application/json";
        return next(context);
    }

    // Outside the cluster, answers could be stale.
    private static Task RequireMembership(ClusterMembership membership, HttpContext context, RequestDelegate next) =>
        membership.IsMember || IsAboutTheProcess(context.Request.Path)
            ? next(context)
            : Answers.WriteProblem(context, StatusCodes.Status503ServiceUnavailable, Health.NoMember);
}
