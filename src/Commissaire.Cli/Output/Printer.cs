using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Output;

/// <summary>Prints what a command has to say.</summary>
internal sealed class Printer(TextWriter output, OutputForm form)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="columns">What of it matters most: the columns of a table of such values; all plain ones when there are none.</param>
    public void Print(JsonNode? value, params IReadOnlyList<string> columns)
    {
        switch (form)
        {
            case OutputForm.Json:
                output.WriteLine(Json(value));
                break;
            case OutputForm.Table:
                Table.Write(value, columns, output);
                break;
            default:
                Yaml.Write(value, output);
                break;
        }
    }

    private static string Json(JsonNode? value)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, Indented))
        {
            if (value is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer);
            }
        }

        return System.Text.Encoding.UTF8.GetString(json.ToArray());
    }
}
