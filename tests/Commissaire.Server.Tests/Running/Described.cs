using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using NJsonSchema;
using NSwag;

namespace Commissaire.Server.Tests.Running;

/// <summary>Checks answers against the OpenAPI document. Every answer that any test gets through <see cref="Client"/> is checked.</summary>
internal static class Described
{
    private static readonly SemaphoreSlim Once = new(1);
    private static OpenApiDocument? _document;

    /// <summary>The document of a server, as a client generator reads it.</summary>
    public static async Task<OpenApiDocument> By(RunningServer server) =>
        await Read(server) ?? throw new InvalidOperationException("The server does not show its document.");

    private static async Task<OpenApiDocument?> Read(RunningServer server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/openapi/v1.json", UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", Client.Credentials);
        using var response = await server.Http.SendAsync(request);
        return response.IsSuccessStatusCode ? await OpenApiDocument.FromJsonAsync(await response.Content.ReadAsStringAsync()) : null;
    }

    /// <summary>What the document does not say about an answer; null if it describes it, or does not have the route.</summary>
    public static async Task<string?> Problem(RunningServer server, string method, string path, Answered answer)
    {
        if (!path.StartsWith("/api/v0/", StringComparison.Ordinal)
            || await Shared(server) is not { } document || Operation(document, method, path) is not { } operation)
        {
            return null;
        }

        var status = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
        if (!operation.ActualResponses.TryGetValue(status, out var response))
        {
            return $"it has no {status}";
        }

        if (!response.Content.TryGetValue(answer.Type ?? "", out var content))
        {
            return $"{status} is not '{answer.Type}'";
        }

        var problems = Validate(content.Schema, answer.Text);
        return problems.Count == 0 ? null : string.Join("; ", problems);
    }

    /// <summary>How JSON differs from a schema. Fields that are not in the schema count.</summary>
    public static IReadOnlyList<string> Validate(JsonSchema schema, string json) =>
        [.. schema.ActualSchema.Validate(Parse(json)).Select(e => $"{e.Path}: {e.Kind}")];

    // Newtonsoft.Json would make dates of texts.
    private static JToken Parse(string json)
    {
        using var text = new StringReader(json);
        using var reader = new JsonTextReader(text) { DateParseHandling = DateParseHandling.None };
        return JToken.Load(reader);
    }

    private static OpenApiOperation? Operation(OpenApiDocument document, string method, string path)
    {
        var parts = path.Split('/');
        return document.Paths.Where(p => Matches(p.Key.Split('/'), parts))
            .OrderBy(p => p.Key.Count(c => c == '{'))
            .Select(p => p.Value.ActualPathItem.GetValueOrDefault(method.ToLowerInvariant()))
            .FirstOrDefault(o => o is not null);
    }

    private static bool Matches(string[] template, string[] path) =>
        template.Length == path.Length
        && template.Zip(path, (part, given) => part.StartsWith('{') ? given.Length > 0 : part == given).All(same => same);

    // That of the first server of the process that shows it: some tests break theirs.
    private static async Task<OpenApiDocument?> Shared(RunningServer server)
    {
        if (_document is { } known)
        {
            return known;
        }

        await Once.WaitAsync();
        try
        {
            if (_document is null && await Read(server) is { } document)
            {
                foreach (var schema in document.Components.Schemas.Values.Where(s => s.Properties.Count > 0))
                {
                    schema.AllowAdditionalProperties = false;
                }

                _document = document;
            }

            return _document;
        }
        finally
        {
            Once.Release();
        }
    }
}
