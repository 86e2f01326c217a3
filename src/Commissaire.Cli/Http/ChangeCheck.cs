using System.Text.Json.Nodes;
using Commissaire.Output;

namespace Commissaire.Http;

/// <summary>Finds out about a change whose response was lost: which object to read, and what it tells.</summary>
internal static class ChangeCheck
{
    /// <summary>The path of the object that a request changes.</summary>
    public static string ObjectPath(string path)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments[2..] switch
        {
            ["host", var address, ..] => Join(segments[..2], "host", address),
            ["token", ..] => Routes.Tokens,
            ["cluster", var name, var part, _] => Join(segments[..2], "cluster", name, part),
            _ => path,
        };
    }

    /// <summary>Describes the object in one sentence.</summary>
    /// <param name="path">The path of the change.</param>
    /// <param name="found">The response to a GET request for the object.</param>
    public static string Describe(string path, ApiResponse found)
    {
        var name = TerminalText.OneLine(Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]));
        return found switch
        {
            { IsNotFound: true } => $"Nothing is at {found.Path} now.",
            { IsSuccess: false } => $"GET {found.Path} returned {(int)found.Status}.",
            { Path: Routes.Tokens } => "'commctl token list' shows the tokens.",
            { Json: JsonArray members } =>
                $"{name} is {(members.Any(member => Text(member) == name) ? "" : "not ")}in the list at {found.Path} now.",
            { Json: JsonObject resource } => $"GET {found.Path} shows {State(resource)}.",
            _ => $"GET {found.Path} returned no object.",
        };
    }

    private static string State(JsonObject resource)
    {
        var fields = ((string[])["id", "name", "address", "type", "status", "since", "started_at", "by", "reason"])
            .Select(field => (Name: field, Text: Text(resource[field]))).Where(field => field.Text.Length > 0)
            .Select(field => $"{field.Name} '{field.Text}'");
        return string.Join(", ", fields);
    }

    private static string Text(JsonNode? node) => node is JsonValue value ? TerminalText.OneLine(value.ToString()) : "";

    private static string Join(string[] root, params string[] segments) => $"/{string.Join('/', [.. root, .. segments])}";
}
