using System.Text.Json;

namespace Commissaire.Http;

/// <summary>The free-form options of networks and container managers, as JSON.</summary>
internal static class OptionSetJson
{
    /// <summary>Reads the options of a request.</summary>
    public static OptionSet Read(IReadOnlyDictionary<string, JsonElement>? options)
    {
        if (options is null)
        {
            return OptionSet.Empty;
        }

        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in options)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(json.ToArray());
        return OptionSet.Of(document.RootElement);
    }

    /// <summary>Writes the options of a resource.</summary>
    public static JsonElement Write(OptionSet options)
    {
        using var document = JsonDocument.Parse(options.Json);
        return document.RootElement.Clone();
    }
}
