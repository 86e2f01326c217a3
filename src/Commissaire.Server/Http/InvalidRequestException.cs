namespace Commissaire.Http;

/// <summary>The server answers 400 with the detail, which names the field, the mistake and what is expected.</summary>
internal sealed class InvalidRequestException(string detail) : BadHttpRequestException(detail, StatusCodes.Status400BadRequest)
{
    /// <summary>Rejects a body whose <c>name</c> differs from the name in the path.</summary>
    /// <exception cref="InvalidRequestException">They differ.</exception>
    public static void ThrowIfNamesDiffer(string path, string? body)
    {
        if (body is not null && body != path)
        {
            throw new InvalidRequestException($"name: '{body}' differs from '{path}' in the path. Leave it out, or send the same name.");
        }
    }
}
