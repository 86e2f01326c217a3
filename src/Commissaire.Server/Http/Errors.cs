using System.Diagnostics;
using Commissaire.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;

namespace Commissaire.Http;

/// <summary>
/// Turns exceptions, and error statuses without a body, into problems. The status tells who can help: 4xx the client, 503 a later attempt,
/// 500 a developer.
/// </summary>
internal static partial class Errors
{
    /// <summary>Writes and logs the problem for the exception that ended a request.</summary>
    public static Task Write(HttpContext context)
    {
        var failed = context.Features.Get<IExceptionHandlerFeature>();
        var log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Commissaire.Http");
        var (method, route) = (context.Request.Method, (failed?.Endpoint as RouteEndpoint)?.RoutePattern.RawText ?? "an unknown route");
        switch (failed?.Error)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Answers.WriteProblem(context, 413, $"The body is larger than {JsonBody.MaxSize} bytes.");
            case BadHttpRequestException e:
                return Answers.WriteProblem(context, e.StatusCode, e.Message);
            case var e when context.RequestAborted.IsCancellationRequested || e is ConnectionResetException or ConnectionAbortedException:
                // The client hung up: nobody reads an answer.
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return Task.CompletedTask;
            case AskTimeoutException or OperationCanceledException:
                return Answers.WriteProblem(
                    context, 503, "The request timed out. The change may have been applied: check before you retry.");
            case { } e when MayWorkLater(context, e):
                log.Unavailable(method, route, e.GetBaseException().Message);
                return Answers.WriteProblem(
                    context, 503, "The database is unavailable, or the server is stopping. See its log for the reason, and retry.");
            case var e:
                var trace = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
                log.Defect(e, method, route, trace);
                return Answers.WriteProblem(
                    context, 500, $"The server failed because of a defect. Report it with the entry of its log for trace {trace}.", trace);
        }
    }

    /// <summary>Writes the problem for a status that no handler has explained.</summary>
    public static Task Write(StatusCodeContext context)
    {
        var (request, response) = (context.HttpContext.Request, context.HttpContext.Response);
        return Answers.WriteProblem(context.HttpContext, response.StatusCode, response.StatusCode switch
        {
            StatusCodes.Status404NotFound => $"Nothing is at '{request.Path}'. GET /openapi/v1.json lists the routes.",
            StatusCodes.Status405MethodNotAllowed =>
                $"'{request.Path}' does not support {request.Method}. It supports {response.Headers.Allow}.",
            _ => "The server cannot process the request.",
        });
    }

    private static bool MayWorkLater(HttpContext context, Exception e) =>
        context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested
        || EntityFailure.IsTemporary(e);

    [LoggerMessage(LogLevel.Warning, "{Method} {Route} was answered with 503: {Reason}")]
    private static partial void Unavailable(this ILogger log, string method, string route, string reason);

    [LoggerMessage(LogLevel.Error, "{Method} {Route} was answered with 500: a defect of the server, trace {TraceId}")]
    private static partial void Defect(this ILogger log, Exception? e, string method, string route, string traceId);
}
