using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Output;

/// <summary>
/// Writes aligned columns. A list of objects has a header and a line for each object. An object has a line for each field, followed by a
/// table for each list of objects in it.
/// </summary>
internal static class Table
{
    private const string Gap = "  ";

    public static void Write(JsonNode? value, IReadOnlyList<string> columns, TextWriter output)
    {
        switch (value)
        {
            case JsonArray list when IsListOfObjects(list):
                WriteList([.. list.OfType<JsonObject>()], columns, output);
                break;
            case JsonArray { Count: > 0 } list:
                foreach (var item in list)
                {
                    output.WriteLine(Cell(item));
                }

                break;
            case JsonObject { Count: > 0 } obj:
                WriteObject(obj, output);
                break;
            default:
                output.WriteLine(Cell(value));
                break;
        }
    }

    private static void WriteObject(JsonObject obj, TextWriter output)
    {
        WriteRows([.. FieldRows("", obj)], output);
        foreach (var list in obj.Select(field => field.Value).OfType<JsonArray>().Where(IsListOfObjects))
        {
            output.WriteLine();
            WriteList([.. list.OfType<JsonObject>()], [], output);
        }
    }

    private static bool IsListOfObjects(JsonArray list) => list.Count > 0 && list.All(item => item is JsonObject);

    private static void WriteList(IReadOnlyList<JsonObject> list, IReadOnlyList<string> columns, TextWriter output)
    {
        if (columns.Count == 0)
        {
            columns = [.. list[0].Where(field => field.Value is not JsonObject and not JsonArray).Select(field => field.Key)];
        }

        WriteRows(
        [
            [.. columns.Select(column => TerminalText.OneLine(column.Replace('_', '-').ToUpperInvariant()))],
            .. list.Select(obj => (string[])[.. columns.Select(column => Cell(obj[column]))]),
        ], output);
    }

    private static void WriteRows(IReadOnlyList<string[]> rows, TextWriter output)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }

    private static IEnumerable<string[]> FieldRows(string prefix, JsonObject obj) => obj.SelectMany(field => field.Value switch
    {
        JsonObject { Count: > 0 } nested => FieldRows($"{prefix}{field.Key}.", nested),
        JsonArray list when IsListOfObjects(list) => [],
        var value => [[TerminalText.OneLine(prefix + field.Key), Cell(value)]],
    });

    private static string Cell(JsonNode? value) => value switch
    {
        null => "",
        JsonArray { Count: > 0 } list => string.Join(", ", list.Select(Cell)),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => TerminalText.OneLine(text.GetValue<string>()),
        _ => value.ToJsonString(),
    };
}
