using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Commissaire.Http;

/// <summary>
/// Reads request bodies as clients have always sent them: whatever the Content-Type says, JSON; nothing at all counts as an empty object.
/// </summary>
internal static class Body
{
    /// <summary>The largest body taken, in bytes.</summary>
    public const long MaxSize = 1024 * 1024;

    private const int MaxDepth = 64;

    /// <summary>Reads a body.</summary>
    /// <exception cref="BadHttpRequestException">It is not what was expected; the message names the field.</exception>
    public static async Task<T> Read<T>(HttpRequest request, JsonTypeInfo<T> type)
        where T : new()
    {
        using var text = new MemoryStream();
        await request.Body.CopyToAsync(text, request.HttpContext.RequestAborted);
        if (text.Length == 0)
        {
            return new T();
        }

        try
        {
            using var document = JsonDocument.Parse(text.GetBuffer().AsMemory(0, (int)text.Length), new JsonDocumentOptions { MaxDepth = MaxDepth });
            var root = document.RootElement;
            RequireSense(root);
            if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() == 0)
            {
                return new T();
            }

            if (root.ValueKind != JsonValueKind.Object)
            {
                throw Bad($"The body must be a JSON object, and is {Word(root.ValueKind)}.");
            }

            foreach (var field in root.EnumerateObject().Where(f => f.Value.ValueKind == JsonValueKind.Null && Property(type, f.Name) is not null))
            {
                throw Bad($"{field.Name}: expected {Expected(type, field.Name)}, got null; leave it out to use the default.");
            }

            return root.Deserialize(type) ?? new T();
        }
        catch (InvalidOperationException)
        {
            throw Bad("The body holds a text that is not Unicode: half of a surrogate pair.");
        }
        catch (JsonException e) when (e.Message.Contains("depth", StringComparison.Ordinal))
        {
            // The parser tells this from bad JSON by its words alone.
            throw Bad($"The body is nested more than {MaxDepth} levels deep.");
        }
        catch (JsonException e)
        {
            var field = e.Path is { Length: > 2 } path ? path[2..] : null;
            throw Bad(field is null
                ? $"The body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine})."
                : $"{field}: expected {Expected(type, field.Split('.', '[')[0])}.");
        }
    }

    /// <summary>A refusal of what a client sent.</summary>
    public static BadHttpRequestException Bad(string detail) => new(detail, StatusCodes.Status400BadRequest);

    // The parser takes two fields of one name, of which readers choose differently, and half of a surrogate pair, which none can read (RFC 8259,
    // sections 4 and 8.2).
    private static void RequireSense(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    RequireSense(item);
                }

                break;
            case JsonValueKind.Object:
                var names = new HashSet<string>(StringComparer.Ordinal);
                foreach (var property in element.EnumerateObject())
                {
                    if (!names.Add(property.Name))
                    {
                        throw Bad($"{property.Name}: is there twice.");
                    }

                    RequireSense(property.Value);
                }

                break;
        }
    }

    private static JsonPropertyInfo? Property(JsonTypeInfo type, string name) => type.Properties.FirstOrDefault(p => p.Name == name);

    private static string Expected(JsonTypeInfo type, string field) => Property(type, field)?.PropertyType switch
    {
        var t when t == typeof(string) => "a text",
        var t when t == typeof(int?) || t == typeof(long?) => "a whole number",
        var t when t == typeof(bool?) => "true or false",
        var t when t == typeof(JsonElement?) => "a number or a text",
        var t when t == typeof(IReadOnlyList<string>) => "a list of texts",
        null => "something else",
        _ => "an object",
    };

    private static string Word(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
