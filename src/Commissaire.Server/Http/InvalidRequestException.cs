namespace Commissaire.Http;

/// <summary>The request is invalid: the server answers 400.</summary>
/// <param name="detail">Names the field, the mistake and what is expected; sent to the client.</param>
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
