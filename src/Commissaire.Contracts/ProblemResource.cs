using System.Text.Json.Serialization;

namespace Commissaire.Contracts;

/// <summary>The body of an error response: <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Type">Always <c>about:blank</c>: the status code is the kind of problem.</param>
/// <param name="Title">The reason phrase of the status code.</param>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Detail">The cause, the field or object it concerns, and the next step. For people; the wording may change.</param>
/// <example>
/// {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No host is registered at '10.0.0.9'."}
/// </example>
public sealed record ProblemResource(string Type, string Title, int Status, string Detail)
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>With status 500: the id under which the server logged the defect. Absent otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }
}
