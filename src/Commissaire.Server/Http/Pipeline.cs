using Akka.Actor;
using Commissaire.Processes;
using Commissaire.Security;
using Commissaire.Telemetry;
using Microsoft.AspNetCore.Diagnostics;

namespace Commissaire.Http;

/// <summary>What happens to every request before and after its endpoint.</summary>
internal static class Pipeline
{
    /// <summary>
    /// Tolerates doubled and trailing slashes (the boot script of 2017 produces the former), lets nobody but health checks in without
    /// credentials, and turns every error into a problem.
    /// </summary>
    /// <param name="app">The server.</param>
    /// <param name="metricsAnonymous">Whether metrics need no credentials either.</param>
    public static WebApplication UseContract(this WebApplication app, bool metricsAnonymous)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = Explain,
            SuppressDiagnosticsCallback = failed => failed.Exception is BadHttpRequestException,
        });
        app.UseStatusCodePages(context => Explain(context.HttpContext, context.HttpContext.Response.StatusCode));
        app.Use((context, next) =>
        {
            context.Request.Path = Normalized(context.Request.Path.Value ?? "/");

            // Clients have never had to say what they send: it is JSON.
            context.Request.ContentType = "application/json";
            return next(context);
        });
        app.Use((context, next) => IsHealth(context.Request.Path) || (metricsAnonymous && IsMetrics(context.Request.Path)) ? next(context) : Authenticate(context, next));
        var place = app.Services.GetRequiredService<ClusterMembership>();
        app.Use((context, next) => OnlyAsMember(place, context, next));
        app.UseRouting();
        return app;
    }

    private static async Task Authenticate(HttpContext context, RequestDelegate next)
    {
        foreach (var authenticator in context.RequestServices.GetServices<IAuthenticator>())
        {
            if (await authenticator.Authenticate(context) is { } user)
            {
                context.Items[UserKey] = user;
                await next(context);
                return;
            }
        }

        await Answers.WriteProblem(context, StatusCodes.Status403Forbidden, "These credentials are not known, or none were sent: send HTTP Basic credentials of a configured user. An enrolment token only registers hosts (PUT /api/v0/host).");
    }

    // Without the others nothing could be said for certain, and nothing promised.
    private static Task OnlyAsMember(ClusterMembership place, HttpContext context, RequestDelegate next) =>
        place.IsMember || IsAboutTheProcess(context.Request.Path)
            ? next(context)
            : Answers.WriteProblem(context, StatusCodes.Status503ServiceUnavailable, Health.NoMember);

    /// <summary>Whether a path says how this process is: what is asked again and again, and answered whatever its place among the others.</summary>
    public static bool IsAboutTheProcess(PathString path) => IsHealth(path) || IsMetrics(path);

    private static bool IsHealth(PathString path) => path.StartsWithSegments("/healthz", StringComparison.Ordinal);

    private static bool IsMetrics(PathString path) => path.Equals(TelemetrySetup.Path, StringComparison.Ordinal);

    private const string UserKey = "commissaire.user";

    /// <summary>Who sent a request.</summary>
    public static string User(this HttpContext context) => (string)context.Items[UserKey]!;

    private static PathString Normalized(string path)
    {
        while (path.Contains("//", StringComparison.Ordinal))
        {
            path = path.Replace("//", "/", StringComparison.Ordinal);
        }

        return path.Length > 1 ? path.TrimEnd('/') : path;
    }

    private static Task Explain(HttpContext context) => context.Features.Get<IExceptionHandlerFeature>()?.Error switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            Answers.WriteProblem(context, StatusCodes.Status413PayloadTooLarge, $"The body is larger than {Body.MaxSize} bytes."),
        BadHttpRequestException e => Answers.WriteProblem(context, e.StatusCode, e.Message),
        AskTimeoutException or TaskCanceledException => Answers.WriteProblem(context, StatusCodes.Status503ServiceUnavailable, "No answer in time; nothing is known to have changed. Try again."),
        _ => Answers.WriteProblem(context, StatusCodes.Status503ServiceUnavailable, "The server could not do this now; its log says why. Try again."),
    };

    private static Task Explain(HttpContext context, int status) => Answers.WriteProblem(context, status, status switch
    {
        StatusCodes.Status404NotFound => $"There is nothing at '{context.Request.Path}'. The routes are listed at /openapi/v1.json.",
        StatusCodes.Status405MethodNotAllowed => $"'{context.Request.Path}' does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.",
        _ => "The request cannot be answered.",
    });
}
