using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Commissaire.Output;

namespace Commissaire.Http;

/// <summary>Recognizes responses of other servers and of proxies by their form.</summary>
internal static partial class ForeignAnswer
{
    private const int MaxQuote = 60;

    private static readonly string[] Lists =
        ["clusters", "hosts", "networks", "containermanagers", "tokens", "processes", "operations", "history"];

    /// <summary>Describes a response that no Commissaire server sends; null if a Commissaire server may have sent it.</summary>
    public static string? Describe(ApiResponse response)
    {
        var status = (int)response.Status;
        if (response.Location is { } location)
        {
            return $"{status}, a redirect to {TerminalText.OneLine(location)}";
        }

        return IsExpected(response) ? null : $"{status}, {Form(response)}";
    }

    private static bool IsExpected(ApiResponse response) => response switch
    {
        { IsSuccess: true, Body.Length: 0 } => response.Method != HttpMethod.Get || (int)response.Status == 204,
        { IsSuccess: true } when response.Method == HttpMethod.Get => HasFormOf(response.Path, response.Json),
        { IsSuccess: true } => response.Json is not null || response.Body.Trim() == "null",
        // A proxy rejects what never reached a server. The status says it, and a retry may succeed.
        { IsTransient: true } => true,
        { Body.Length: 0 } => (int)response.Status is not (401 or 403 or 404 or 405),
        _ => IsProblem(response) || IsErrorOf2017(response),
    };

    private static bool IsProblem(ApiResponse response) =>
        response.Json is JsonObject problem && problem["detail"] is JsonValue && problem["status"] is JsonValue;

    // Servers of 2017 send the bare reason phrase.
    private static bool IsErrorOf2017(ApiResponse response) => response.MediaType is null or "text/html"
        && response.Body.Replace(" ", "", StringComparison.Ordinal) == response.Status.ToString();

    private static bool HasFormOf(string path, JsonNode? json)
    {
        var segments = path.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries)[2..];
        return segments.Length % 2 == 1 && Lists.Contains(segments[^1])
            ? json is JsonArray
            : json is JsonObject resource && resource.ContainsKey((segments[0], segments[^1]) switch
            {
                ("host", "status") when segments.Length == 3 => "host",
                ("host", _) => "address",
                _ => "name",
            });
    }

    private static string Form(ApiResponse response)
    {
        if (response.Body.Length == 0)
        {
            return "without a body";
        }

        if (response.Json is not null)
        {
            return "other JSON than that of Commissaire";
        }

        if (response.MediaType == "text/html" || response.Body.TrimStart().StartsWith('<'))
        {
            var title = Title().Match(response.Body).Groups[1].Value;
            return string.IsNullOrWhiteSpace(title) ? "an HTML page" : $"the HTML page '{Quote(title)}'";
        }

        return $"the text '{Quote(response.Body)}'";
    }

    private static string Quote(string text)
    {
        var line = TerminalText.OneLine(text.Length > 1000 ? text[..1000] : text);
        return line.Length <= MaxQuote ? line : $"{line[..MaxQuote]}…";
    }

    [GeneratedRegex("<title[^>]{0,200}>([^<]{0,500})", RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Title();
}
