using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Commissaire.Http;

/// <summary>Reads request bodies as JSON, with any Content-Type. An empty body counts as an empty object.</summary>
internal static class JsonBody
{
    /// <summary>The maximum size of a body, in bytes.</summary>
    public const long MaxSize = 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads a body. Unknown fields are rejected.</summary>
    /// <param name="request">The request.</param>
    /// <param name="type">The fields of the body.</param>
    /// <param name="resource">
    /// The fields that the server sends about the same object, and ignores here: clients send back what they read. Null for none.
    /// </param>
    /// <exception cref="InvalidRequestException">The body is invalid; the message names the field.</exception>
    public static async Task<T> Read<T>(HttpRequest request, JsonTypeInfo<T> type, JsonTypeInfo? resource = null)
        where T : new()
    {
        using var text = new MemoryStream();
        try
        {
            await request.Body.CopyToAsync(text, request.HttpContext.RequestAborted);
        }
        catch (IOException e) when (e.InnerException is OverflowException)
        {
            throw new InvalidRequestException("The body has a chunk whose size is out of range.");
        }

        if (text.Length == 0)
        {
            return new T();
        }

        using var document = Parse(text.GetBuffer().AsMemory(0, (int)text.Length));
        var root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 0)
        {
            return new T();
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidRequestException($"The body must be a JSON object, not {NameOf(root.ValueKind)}.");
        }

        foreach (var field in root.EnumerateObject())
        {
            if (Property(type, field.Name) is null && (resource is null || Property(resource, field.Name) is null))
            {
                throw new InvalidRequestException(
                    UnknownName.Problem(field.Name, "a field of this request", [.. type.Properties.Select(p => p.Name)]));
            }

            if (field.Value.ValueKind == JsonValueKind.Null && Property(type, field.Name) is not null)
            {
                throw new InvalidRequestException(
                    $"{field.Name}: expected {Expected(type, field.Name)}, got null. Leave it out to use the default.");
            }
        }

        try
        {
            return root.Deserialize(type) ?? new T();
        }
        catch (JsonException e)
        {
            var field = e.Path?[Math.Min(2, e.Path.Length)..] ?? "";
            throw new InvalidRequestException($"{field}: expected {Expected(type, field.Split('.', '[')[0])}.");
        }
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> text)
    {
        if (!Utf8.IsValid(text.Span))
        {
            throw new InvalidRequestException("The body is not valid UTF-8.");
        }

        try
        {
            var document = JsonDocument.Parse(text, Options);

            // The parser accepts half of a surrogate pair (RFC 8259, section 8.2); the writer reads every string, and fails.
            using var writer = new Utf8JsonWriter(Stream.Null);
            document.RootElement.WriteTo(writer);
            return document;
        }
        catch (InvalidOperationException)
        {
            throw new InvalidRequestException("The body contains a string that is not Unicode: half of a surrogate pair.");
        }
        catch (JsonException e)
        {
            // Only the message tells these errors apart. A duplicate field has no line number; its name is in quotes.
            throw new InvalidRequestException(
                e.Message.Contains("maximum", StringComparison.Ordinal) ? $"The body is nested more than {Options.MaxDepth} levels deep."
                : e.LineNumber is not null ? $"The body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine})."
                : $"{e.Message[(e.Message.IndexOf('\'') + 1)..e.Message.LastIndexOf('\'')]}: the field appears twice. Send it once.");
        }
    }

    private static JsonPropertyInfo? Property(JsonTypeInfo type, string name) => type.Properties.FirstOrDefault(p => p.Name == name);

    private static string Expected(JsonTypeInfo type, string field) => Property(type, field)?.PropertyType switch
    {
        var t when t == typeof(string) => "a string",
        var t when t == typeof(int?) || t == typeof(long?) => "an integer",
        var t when t == typeof(bool?) => "true or false",
        var t when t == typeof(JsonElement?) => "a number or a string",
        var t when t == typeof(IReadOnlyList<string>) => "a list of strings",
        null => "another type",
        _ => "an object",
    };

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
