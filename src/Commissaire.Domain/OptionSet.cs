using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire;

/// <summary>
/// The free-form <c>options</c> object of a network or container manager. It is stored as JSON with sorted keys and without white space, so
/// that record equality compares the content.
/// </summary>
public readonly record struct OptionSet
{
    private readonly string? _json;

    // An empty object equals the default value.
    private OptionSet(string json) => _json = json == "{}" ? null : json;

    /// <summary>The empty set of options.</summary>
    public static OptionSet Empty => default;

    /// <summary>The options as canonical JSON.</summary>
    public string Json => _json ?? "{}";

    /// <summary>Creates options from a JSON object.</summary>
    /// <exception cref="ArgumentException">The element is not an object.</exception>
    public static OptionSet Of(JsonElement options) =>
        options.ValueKind == JsonValueKind.Object
            ? new OptionSet(Sorted(JsonNode.Parse(options.GetRawText()))!.ToJsonString())
            : throw new ArgumentException($"Expected a JSON object, got {options.ValueKind}.", nameof(options));

    /// <summary>Parses JSON text.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static OptionSet Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Of(document.RootElement);
    }

    /// <summary>Returns an option as text; null if it is absent.</summary>
    public string? Text(string name) => JsonNode.Parse(Json)![name] switch
    {
        null => null,
        JsonValue value => value.ToString(),
        var structure => structure.ToJsonString(),
    };

    /// <summary>Returns a copy with one option set to a text.</summary>
    public OptionSet With(string name, string value)
    {
        var options = JsonNode.Parse(Json)!.AsObject();
        options[name] = value;
        return new OptionSet(Sorted(options)!.ToJsonString());
    }

    /// <inheritdoc />
    public override string ToString() => Json;

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject o =>
            new JsonObject(o.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, Sorted(p.Value)))),
        JsonArray a => new JsonArray([.. a.Select(Sorted)]),
        null => null,
        _ => node.DeepClone(),
    };
}
