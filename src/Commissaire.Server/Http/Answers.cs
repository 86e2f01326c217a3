using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commissaire.Contracts;
using Microsoft.AspNetCore.WebUtilities;

namespace Commissaire.Http;

/// <summary>What is sent back: JSON as <c>application/json</c> with no charset, as clients have always seen it, and problems.</summary>
internal static class Answers
{
    private static readonly byte[] EmptyList = "[]"u8.ToArray();

    /// <summary>A resource.</summary>
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new Bytes(Utf8(value, type), "application/json", status);

    /// <summary>The answer to a deletion: an empty list.</summary>
    public static IResult Gone { get; } = new Bytes(EmptyList, "application/json", StatusCodes.Status200OK);

    /// <summary>A list of names.</summary>
    public static IResult Names(IReadOnlyList<string> names) => Json(names, ContractsJson.Default.IReadOnlyListString);

    /// <summary>A list of what is JSON already.</summary>
    public static IResult JsonList(IEnumerable<byte[]> items) =>
        new Bytes([(byte)'[', .. items.SelectMany((item, i) => i == 0 ? item : [(byte)',', .. item]), (byte)']'], "application/json", StatusCodes.Status200OK);

    /// <summary>A refusal.</summary>
    public static IResult Problem(int status, string detail) => new Bytes(ProblemBody(status, detail), ProblemResource.MediaType, status);

    /// <summary>Writes a refusal where there is no endpoint to return it.</summary>
    public static Task WriteProblem(HttpContext context, int status, string detail) => Problem(status, detail).ExecuteAsync(context);

    private static byte[] ProblemBody(int status, string detail) => Utf8(
        new ProblemResource("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail), ContractsJson.Default.ProblemResource);

    /// <summary>JSON with quotes and brackets as themselves: what is answered is read by people with curl, and never stands inside HTML.</summary>
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
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = type;
            httpContext.Response.ContentLength = body.Length;
            return HttpMethods.IsHead(httpContext.Request.Method) ? Task.CompletedTask : httpContext.Response.Body.WriteAsync(body).AsTask();
        }
    }
}
