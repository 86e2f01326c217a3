using Microsoft.AspNetCore.Diagnostics;

namespace Commissaire.Http;

/// <summary>Turns exceptions, and error statuses without a body, into problems.</summary>
internal static class Errors
{
    /// <summary>Writes the problem for the exception that ended a request.</summary>
    public static Task Write(HttpContext context) => context.Features.Get<IExceptionHandlerFeature>()?.Error switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            Answers.WriteProblem(context, 413, $"The body is larger than {JsonBody.MaxSize} bytes."),
        BadHttpRequestException e => Answers.WriteProblem(context, e.StatusCode, e.Message),
        AskTimeoutException or TaskCanceledException => Answers.WriteProblem(
            context, 503, "The request timed out. The change may have been applied: check before you retry."),
        _ => Answers.WriteProblem(context, 503, "The server could not process the request. See its log for the reason, and retry."),
    };

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
}
