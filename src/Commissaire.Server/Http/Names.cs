namespace Commissaire.Http;

/// <summary>Names that stand both in the path and in the body.</summary>
internal static class Names
{
    /// <summary>A name in the body may repeat that in the path, and nothing else.</summary>
    /// <exception cref="BadHttpRequestException">They differ.</exception>
    public static void MustAgree(string path, string? body)
    {
        if (body is not null && body != path)
        {
            throw Body.Bad($"name: says '{body}', but the request is for '{path}'.");
        }
    }
}
