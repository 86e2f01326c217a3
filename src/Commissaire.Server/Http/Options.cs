using System.Text.Json;

namespace Commissaire.Http;

/// <summary>Free-form options between HTTP and the domain.</summary>
internal static class Options
{
    /// <summary>The options in a body.</summary>
    public static OptionSet Of(IReadOnlyDictionary<string, JsonElement>? options)
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

    /// <summary>The options as JSON.</summary>
    public static JsonElement Element(OptionSet options)
    {
        using var document = JsonDocument.Parse(options.Json);
        return document.RootElement.Clone();
    }
}
