namespace Commissaire.Http;

/// <summary>Reads fields whose value is one of several words.</summary>
internal static class Choice
{
    /// <summary>The choice whose name was given; null if the field is absent.</summary>
    /// <exception cref="InvalidRequestException">The value is none of the choices; the message lists them.</exception>
    public static T? Of<T>(string field, string? given, Func<T, string> nameOf)
        where T : struct, Enum
    {
        if (given is null)
        {
            return null;
        }

        var choices = Enum.GetValues<T>();
        return choices.Any(c => nameOf(c) == given)
            ? choices.First(c => nameOf(c) == given)
            : throw new InvalidRequestException($"{field}: expected one of {string.Join(", ", choices.Select(c => $"'{nameOf(c)}'"))}.");
    }
}
