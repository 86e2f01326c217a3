using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Output;

/// <summary>Writes columns of text: a line for each thing in a list, a line for each field of one thing. For eyes, awk and grep.</summary>
internal static class Table
{
    private const string Gap = "  ";

    /// <summary>Writes a value.</summary>
    public static void Write(JsonNode? value, IReadOnlyList<string> columns, TextWriter output)
    {
        switch (value)
        {
            case JsonArray { Count: > 0 } list when list.All(item => item is JsonObject):
                WriteList([.. list.OfType<JsonObject>()], columns, output);
                break;
            case JsonArray { Count: > 0 } list:
                foreach (var item in list)
                {
                    output.WriteLine(Cell(item));
                }

                break;
            case JsonObject { Count: > 0 } thing:
                WriteRows([.. Fields("", thing)], output);
                break;
            default:
                output.WriteLine(Cell(value));
                break;
        }
    }

    private static void WriteList(IReadOnlyList<JsonObject> list, IReadOnlyList<string> columns, TextWriter output)
    {
        if (columns.Count == 0)
        {
            columns = [.. list[0].Where(field => field.Value is not JsonObject and not JsonArray).Select(field => field.Key)];
        }

        WriteRows(
        [
            [.. columns.Select(column => column.Replace('_', '-').ToUpperInvariant())],
            .. list.Select(item => (string[])[.. columns.Select(column => Cell(At(item, column)))]),
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

    private static IEnumerable<string[]> Fields(string prefix, JsonObject thing) => thing.SelectMany(field => field.Value switch
    {
        JsonObject { Count: > 0 } inner => Fields($"{prefix}{field.Key}.", inner),
        JsonArray list when list.Any(item => item is JsonObject) => list.OfType<JsonObject>().SelectMany((item, i) => Fields($"{prefix}{field.Key}.{i}.", item)),
        var value => [[prefix + field.Key, Cell(value)]],
    });

    private static JsonNode? At(JsonObject item, string path) =>
        path.Split('.').Aggregate((JsonNode?)item, (node, name) => node is JsonObject inner ? inner[name] : null);

    private static string Cell(JsonNode? value) => value switch
    {
        null => "",
        JsonArray { Count: > 0 } list => string.Join(", ", list.Select(Cell)),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => Words.OneLine(text.GetValue<string>()),
        _ => value.ToJsonString(),
    };
}
