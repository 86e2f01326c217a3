namespace Commissaire;

/// <summary>Finds the name that a person probably meant.</summary>
public static class NearestName
{
    private const int MaxLength = 64;

    /// <summary>The most similar of the known names; null if none is similar.</summary>
    public static string? Of(string text, IEnumerable<string> known)
    {
        if (text.Length > MaxLength)
        {
            return null;
        }

        // Up to two of five characters may differ.
        return known.Where(name => Distance(text, name) <= Math.Max(1, Math.Max(name.Length, text.Length) * 2 / 5))
            .MinBy(name => Distance(text, name));
    }

    // The number of inserted, deleted and replaced characters (Levenshtein), with letters in any case.
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = diagonal + (char.ToLowerInvariant(from[i - 1]) == char.ToLowerInvariant(to[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[to.Length];
    }
}
