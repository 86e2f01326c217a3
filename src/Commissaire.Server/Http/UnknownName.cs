namespace Commissaire.Http;

/// <summary>The error about a name that the server does not know.</summary>
internal static class UnknownName
{
    private const int MaxShownLength = 64;

    /// <summary>The error: what the name is not, and the name that was probably meant, or all that there are.</summary>
    /// <param name="name">The name that was sent.</param>
    /// <param name="what">What it is not: <c>a field of this request</c>.</param>
    /// <param name="known">The names that there are.</param>
    public static string Problem(string name, string what, IReadOnlyCollection<string> known)
    {
        var shown = new string([.. name.Take(MaxShownLength).Select(c => char.IsControl(c) ? '?' : c)]);
        return $"{shown}: is not {what}. " + (NearestName.Of(name, known) is { } nearest ? $"Did you mean {nearest}?"
            : known.Count == 0 ? "There are none."
            : $"Known are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
    }
}
