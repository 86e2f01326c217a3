using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commissaire.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace Commissaire.Http;

/// <summary>The forms of an HTTP answer: <c>application/json</c> without a charset, as clients of 2017 expect it, and problems.</summary>
internal static class Answers
{
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new Bytes(Utf8(value, type), "application/json", status);

    /// <summary>JSON that is serialized already.</summary>
    public static IResult Json(byte[] json) => new Bytes(json, "application/json", StatusCodes.Status200OK);

    /// <summary>The answer to a deletion: an empty list.</summary>
    public static IResult Deleted { get; } = Json("[]"u8.ToArray());

    public static IResult Names(IReadOnlyList<string> names) => Json(names, ContractsJson.Default.IReadOnlyListString);

    /// <summary>A list of items that are serialized already.</summary>
    public static IResult JsonList(IEnumerable<byte[]> items)
    {
        byte[] list = [(byte)'[', .. items.SelectMany((item, i) => i == 0 ? item : [(byte)',', .. item]), (byte)']'];
        return Json(list);
    }

    /// <summary>An error (RFC 9457).</summary>
    public static IResult Problem(int status, string detail, string? traceId = null)
    {
        var problem = new ProblemResource("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail) { TraceId = traceId };
        return new Bytes(Utf8(problem, ContractsJson.Default.ProblemResource), ProblemResource.MediaType, status);
    }

    /// <summary>Writes an error from middleware.</summary>
    public static Task WriteProblem(HttpContext context, int status, string detail, string? traceId = null) =>
        Problem(status, detail, traceId).ExecuteAsync(context);

    /// <summary>Serializes without escaping quotes and brackets: people read answers with curl, and no page embeds them.</summary>
    public static byte[] Utf8<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private sealed class Bytes(byte[] body, string type, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            (response.StatusCode, response.ContentType, response.ContentLength) = (status, type, body.Length);
            return HttpMethods.IsHead(httpContext.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body).AsTask();
        }
    }
}
