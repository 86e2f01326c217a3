using System.Net;
using System.Text.Json;

namespace Commissaire.Acceptance.Tests;

/// <summary>An answer of the server.</summary>
public sealed record Reply(HttpStatusCode Status, string Body)
{
    public int Code => (int)Status;

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>A field of the answer.</summary>
    public string this[string field] => Json.GetProperty(field).ToString();

    public IReadOnlyList<string> Names => [.. Json.EnumerateArray().Select(name => name.ToString())];

    public override string ToString() => $"{Code} {Body}";

    /// <summary>Returns itself if the request succeeded, and fails otherwise.</summary>
    public Reply Ok()
    {
        Assert.True(Code is 200 or 201, ToString());
        return this;
    }
}
