using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Output;

/// <summary>Prints results in an output format.</summary>
/// <param name="output">Where results go.</param>
/// <param name="format">The format.</param>
/// <param name="terminal">How the terminal shows tables; null if the output is not a terminal.</param>
internal sealed class Printer(TextWriter output, OutputFormat format, TerminalView? terminal)
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether results are tables for people: names alone may be completed with what else is known.</summary>
    public bool IsForPeople => format == OutputFormat.Table && terminal is not null;

    /// <summary>Prints a value. A table has all fields that are neither objects nor lists, unless it has columns.</summary>
    /// <param name="value">The value.</param>
    /// <param name="columns">The columns of a list, or of the list of objects in an object.</param>
    public void Print(JsonNode? value, Columns? columns = null)
    {
        switch (format)
        {
            case OutputFormat.Json:
                // Unsafe characters that the encoder leaves alone are inside of strings.
                output.WriteLine(UnsafeText.Escape(value?.ToJsonString(Indented) ?? "null"));
                break;
            case OutputFormat.Table:
                new Table(output, terminal).Write(value, columns);
                break;
            default:
                Yaml.Write(value, output);
                break;
        }
    }

    /// <summary>Prints an item of a list without end: an item of a YAML list, a line of JSON, or the line for people.</summary>
    public void PrintItem(JsonObject item, string line)
    {
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(UnsafeText.Escape(item.ToJsonString(OneLine)));
                break;
            case OutputFormat.Table:
                output.WriteLine(line);
                break;
            default:
                Yaml.Write(new JsonArray(item), output);
                break;
        }

        output.Flush();
    }
}
