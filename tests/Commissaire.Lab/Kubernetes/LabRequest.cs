namespace Commissaire.Lab.Kubernetes;

/// <summary>A request the API was sent, and what became of it.</summary>
/// <param name="Method">Such as PATCH.</param>
/// <param name="Path">Without the query.</param>
/// <param name="Query">With its question mark; empty when there is none.</param>
/// <param name="ContentType">Of the body; empty when there is none.</param>
/// <param name="Body">As it was sent.</param>
/// <param name="User">Who sent it, as the server sees them; empty when their credentials are wrong.</param>
/// <param name="Status">What it was answered with; 0 while it is not answered, or when the connection was dropped.</param>
public sealed record LabRequest(string Method, string Path, string Query, string ContentType, string Body, string User = "", int Status = 0)
{
    /// <summary>As a log would have it.</summary>
    public override string ToString() => $"{Method} {Path}{Query} {Status}";
}
