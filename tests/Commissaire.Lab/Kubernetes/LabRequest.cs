namespace Commissaire.Lab.Kubernetes;

/// <summary>A request to the API, and its result.</summary>
/// <param name="Method">Its method, such as PATCH.</param>
/// <param name="Path">Its path, without the query.</param>
/// <param name="Query">Its query with the question mark; empty if it has none.</param>
/// <param name="ContentType">The content type of its body; empty if it has none.</param>
/// <param name="Body">Its body.</param>
/// <param name="User">The authenticated user; empty if the credentials are invalid.</param>
/// <param name="Status">The status of the answer; 0 before the answer, or if the connection was dropped.</param>
public sealed record LabRequest(string Method, string Path, string Query, string ContentType, string Body, string User = "", int Status = 0)
{
    /// <summary>The request as a line of a log.</summary>
    public override string ToString() => $"{Method} {Path}{Query} {Status}";
}
