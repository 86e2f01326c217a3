using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.Wire;

/// <summary>Writes a value that parses itself as a JSON string.</summary>
internal sealed class ParsableConverter<T> : JsonConverter<T>
    where T : IParsable<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.Parse(reader.GetString()!, null);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>Writes options as the JSON object they are.</summary>
internal sealed class OptionSetConverter : JsonConverter<OptionSet>
{
    public override OptionSet Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return OptionSet.Of(document.RootElement);
    }

    public override void Write(Utf8JsonWriter writer, OptionSet value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json);
}
