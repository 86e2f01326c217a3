using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Output;

/// <summary>
/// Writes aligned columns. A list of objects has a header and a line for each object. An object has a line for each field, followed by a
/// table for each list of objects in it. A terminal gets columns that fit, and units for people; any other output gets the raw values.
/// </summary>
internal sealed class Table(TextWriter output, TerminalView? terminal)
{
    // Below this width, the values of an object are not wrapped.
    private const int MinWrapWidth = 20;

    public void Write(JsonNode? value, Columns? columns)
    {
        switch (value)
        {
            case JsonArray list when IsListOfObjects(list):
                WriteList([.. list.OfType<JsonObject>()], columns);
                break;
            case JsonArray { Count: > 0 } list:
                foreach (var item in list)
                {
                    output.WriteLine(Cell("", item));
                }

                break;
            case JsonObject { Count: > 0 } obj:
                WriteObject(obj, columns);
                break;
            default:
                output.WriteLine(Cell("", value));
                break;
        }
    }

    private static bool IsListOfObjects(JsonArray list) => list.Count > 0 && list.All(item => item is JsonObject);

    private void WriteObject(JsonObject obj, Columns? columns)
    {
        (string Name, string Value)[] rows = [.. FieldRows("", obj)];
        var indent = rows.Select(row => row.Name.Length).DefaultIfEmpty().Max() + ColumnLayout.Gap;
        var width = terminal is { } view && view.Width - indent >= MinWrapWidth ? view.Width - indent : int.MaxValue;
        foreach (var (name, value) in rows)
        {
            var label = name;
            foreach (var line in ColumnLayout.Wrap(value, width))
            {
                output.WriteLine((label.PadRight(indent) + line).TrimEnd());
                label = "";
            }
        }

        foreach (var list in obj.Select(field => field.Value).OfType<JsonArray>().Where(IsListOfObjects))
        {
            output.WriteLine();
            WriteList([.. list.OfType<JsonObject>()], columns);
        }
    }

    private void WriteList(IReadOnlyList<JsonObject> list, Columns? columns)
    {
        columns ??= new Columns([.. list[0].Where(field => field.Value is not JsonObject and not JsonArray).Select(field => field.Key)]);
        var fields = terminal is null ? columns.Plain : columns.Terminal;
        string[][] rows =
        [
            [.. fields.Select(Header)],
            .. list.Select(obj => (string[])[.. fields.Select(field => Cell(field, obj[field]))]),
        ];
        var widths = fields.Select((_, column) => rows.Max(row => row[column].Length)).ToList();
        var optional = columns.Optional.Select(field => fields.ToList().IndexOf(field));
        var layout = ColumnLayout.Fit(widths, terminal is null ? [] : optional, terminal?.Width ?? int.MaxValue);
        foreach (var row in rows)
        {
            var cells = layout.Select(column => ColumnLayout.Shorten(row[column.Column], column.Width).PadRight(column.Width));
            output.WriteLine(string.Join(new string(' ', ColumnLayout.Gap), cells).TrimEnd());
        }
    }

    private static string Header(string field) =>
        TerminalText.OneLine((field == "container_manager" ? "manager" : field.Replace('_', '-')).ToUpperInvariant());

    private IEnumerable<(string Name, string Value)> FieldRows(string prefix, JsonObject obj) => obj.SelectMany(field => field.Value switch
    {
        JsonObject { Count: > 0 } nested => FieldRows($"{prefix}{field.Key}.", nested),
        JsonArray list when IsListOfObjects(list) => [],
        var value => [(TerminalText.OneLine(prefix + field.Key), Cell(field.Key, value, withTime: true))],
    });

    private string Cell(string field, JsonNode? value, bool withTime = false) =>
        terminal is { Now: var now } && HumanValue.Format(field, value, now, withTime) is { } text ? text : Raw(value);

    private static string Raw(JsonNode? value) => value switch
    {
        null => "",
        JsonArray { Count: > 0 } list => string.Join(", ", list.Select(Raw)),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => TerminalText.OneLine(text.GetValue<string>()),
        _ => value.ToJsonString(),
    };
}
