using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Output;

/// <summary>Prints results in an output format.</summary>
internal sealed class Printer(TextWriter output, OutputFormat format)
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints a value. A table has all fields that are neither objects nor lists, unless it has columns.</summary>
    public void Print(JsonNode? value, params IReadOnlyList<string> columns)
    {
        switch (format)
        {
            case OutputFormat.Json:
                // Unsafe characters that the encoder leaves alone are inside of strings.
                output.WriteLine(UnsafeText.Escape(value?.ToJsonString(Indented) ?? "null"));
                break;
            case OutputFormat.Table:
                Table.Write(value, columns, output);
                break;
            default:
                Yaml.Write(value, output);
                break;
        }
    }
}
