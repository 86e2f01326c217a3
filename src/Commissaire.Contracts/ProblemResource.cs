namespace Commissaire.Contracts;

/// <summary>What an error answers with: <c>application/problem+json</c> (RFC 9457).</summary>
/// <param name="Type">Always <c>about:blank</c>: the status says what kind of problem it is.</param>
/// <param name="Title">The reason phrase of the status.</param>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Detail">What was wrong, with which input, and what to do.</param>
public sealed record ProblemResource(string Type, string Title, int Status, string Detail)
{
    /// <summary>The media type of problems.</summary>
    public const string MediaType = "application/problem+json";
}
