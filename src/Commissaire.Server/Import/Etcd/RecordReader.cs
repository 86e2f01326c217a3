using System.Text.Json;

namespace Commissaire.Import.Etcd;

/// <summary>
/// Reads the fields of a record of 2017: a JSON object. Fields that its model did not have are ignored, as 2017 did. No error contains a
/// value, because some are secret.
/// </summary>
internal sealed class RecordReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly JsonElement _record;

    private RecordReader(JsonElement record) => _record = record;

    /// <summary>Parses a record.</summary>
    /// <exception cref="FormatException">The text is not a JSON object.</exception>
    public static RecordReader Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return Of(document.RootElement.Clone());
        }
        catch (JsonException e)
        {
            throw new FormatException(e.LineNumber is { } line
                ? $"is not JSON: line {line + 1}, byte {e.BytePositionInLine}"
                : "is not JSON: a field is there twice", e);
        }
    }

    /// <summary>Reads a record that is part of a larger document.</summary>
    /// <exception cref="FormatException">The element is not an object, or contains half a character.</exception>
    public static RecordReader Of(JsonElement record)
    {
        if (record.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("is not a JSON object");
        }

        try
        {
            ReadAll(record);
            return new RecordReader(record);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("contains half a character", e);
        }
    }

    /// <summary>A text; <paramref name="fallback"/> if it is absent.</summary>
    /// <exception cref="FormatException">It is something else, or absent without a fallback.</exception>
    public string Text(string field, string? fallback = null) => !_record.TryGetProperty(field, out var value)
        ? fallback ?? throw new FormatException($"{field}: is missing")
        : value.ValueKind == JsonValueKind.String ? value.GetString()!
        : throw new FormatException($"{field}: expected text");

    /// <summary>A list of texts; empty if it is absent.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public IReadOnlyList<string> Texts(string field) => !_record.TryGetProperty(field, out var value) ? []
        : value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select((item, i) => item.ValueKind == JsonValueKind.String
                ? item.GetString()! : throw new FormatException($"{field}[{i}]: expected text"))]
            : throw new FormatException($"{field}: expected a list");

    /// <summary>The members of an object; empty if it is absent.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public IReadOnlyDictionary<string, JsonElement> Members(string field) =>
        !_record.TryGetProperty(field, out var value) ? new Dictionary<string, JsonElement>()
        : value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().ToDictionary(p => p.Name, p => p.Value)
        : throw new FormatException($"{field}: expected an object");

    // JSON can contain escapes of half a character, which only fail when they are read.
    private static void ReadAll(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadAll(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    ReadAll(item);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
        }
    }

    /// <summary>Checks that the field which names the record has the last part of its key.</summary>
    /// <exception cref="FormatException">It has not.</exception>
    public void RequireName(string field, string name)
    {
        if (Text(field) != name)
        {
            throw new FormatException($"{field}: differs from the key");
        }
    }
}
