using System.Globalization;
using Commissaire.Contracts;
using Microsoft.OpenApi;

namespace Commissaire.OpenApi;

/// <summary>The errors that every operation has. The document describes each of them once.</summary>
internal static class CommonProblems
{
    private static readonly (int Status, string Name, string Description)[] All =
    [
        (400, "InvalidRequest",
            "A field, option, query parameter or header is unknown or invalid. `detail` names it. Nothing was changed."),
        (403, "Forbidden", "The credentials are missing or wrong."),
        (413, "BodyTooLarge", $"The body is larger than {JsonBody.MaxSize} bytes."),
        (429, "TooManyFailedLogins", "Too many logins from this address, or of this user, failed. Retry after the given time."),
        (500, "Defect", "A defect of the server. Its log has the reason under the `trace_id`. Report both."),
        (503, "Unavailable",
            "The request timed out, the database is unavailable, the process is not a member of the cluster of processes, or it has too "
            + "many connections. The change may have been applied: check before you retry."),
    ];

    /// <summary>Adds the errors to an operation. An error that the operation describes itself stays.</summary>
    public static void AddTo(OpenApiOperation operation, OpenApiDocument document)
    {
        var responses = operation.Responses ?? [];
        foreach (var (status, name, _) in All)
        {
            var occurs = status switch
            {
                413 => operation.RequestBody is not null,
                403 or 429 => operation.Security?.Count > 0,
                _ => true,
            };
            if (occurs)
            {
                responses.TryAdd(Key(status), new OpenApiResponseReference(name, document));
            }
        }

        operation.Responses = [];
        foreach (var (status, response) in responses.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            operation.Responses[status] = response;
        }
    }

    /// <summary>Adds the descriptions to the document.</summary>
    public static void AddTo(OpenApiDocument document)
    {
        foreach (var (status, name, description) in All)
        {
            document.AddComponent<IOpenApiResponse>(name, new OpenApiResponse
            {
                Description = description,
                Content = Body(document),
                Headers = status == 429
                    ? new Dictionary<string, IOpenApiHeader>
                    {
                        ["Retry-After"] = new OpenApiHeader
                        {
                            Description = "The time to wait, in seconds.",
                            Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "0" },
                        },
                    }
                    : null,
            });
        }
    }

    /// <summary>The body of an error.</summary>
    public static Dictionary<string, OpenApiMediaType> Body(OpenApiDocument document) => new()
    {
        [ProblemResource.MediaType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(ProblemResource), document) },
    };

    private static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
}
