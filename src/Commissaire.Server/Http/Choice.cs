namespace Commissaire.Http;

/// <summary>Reads fields whose value is one of several words.</summary>
internal static class Choice
{
    /// <summary>Whether a query parameter says <c>true</c>; false if it is absent.</summary>
    /// <exception cref="InvalidRequestException">The value is neither <c>true</c> nor <c>false</c>, also if it is empty.</exception>
    public static bool Flag(string parameter, string? given) => given switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw new InvalidRequestException($"{parameter}: expected 'true' or 'false'."),
    };

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
