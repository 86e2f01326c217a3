using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Commissaire.Server.Tests.Running;

/// <summary>The answer of a server.</summary>
internal sealed record Answered(HttpStatusCode Status, string? Type, string? Charset, byte[] Body, IReadOnlyCollection<string> Allow)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode? Json => JsonNode.Parse(Body);

    public string Detail => Json?["detail"]?.ToString() ?? "";

    public string this[string field] => Json![field]!.ToString();

    public override string ToString() => $"{(int)Status} {Text}";

    /// <summary>
    /// Whether JSON matches a pattern. In the pattern, an object with a member <c>…</c> may have more members, and the text <c>…</c> matches
    /// any time.
    /// </summary>
    public static bool Matches(JsonNode? expected, JsonNode? actual) => (expected, actual) switch
    {
        (JsonObject e, JsonObject a) => e.All(p => p.Key == "…" || (a.ContainsKey(p.Key) && Matches(p.Value, a[p.Key])))
            && (e.ContainsKey("…") || a.All(p => e.ContainsKey(p.Key))),
        (JsonArray e, JsonArray a) => e.Count == a.Count && e.Zip(a, Matches).All(same => same),
        (JsonValue e, JsonValue a) when e.ToString() == "…" => Time.IsMatch(a.ToString()),
        _ => JsonNode.DeepEquals(expected, actual),
    };

    private static readonly System.Text.RegularExpressions.Regex Time = new(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\z");
}
