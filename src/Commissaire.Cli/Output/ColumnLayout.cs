namespace Commissaire.Output;

/// <summary>Fits columns into the width of a terminal.</summary>
internal static class ColumnLayout
{
    /// <summary>The number of characters between two columns.</summary>
    public const int Gap = 2;

    // Enough for an IPv4 address and for every status.
    private const int Readable = 15;
    private const int Least = 4;

    /// <summary>Chooses the columns to show, and their widths.</summary>
    /// <param name="widths">The width of the longest cell of each column.</param>
    /// <param name="optional">The indices of columns that may be omitted, the least important first.</param>
    /// <param name="available">The width of the terminal.</param>
    /// <returns>The index and width of each shown column. The widest columns are shortened first.</returns>
    public static IReadOnlyList<(int Column, int Width)> Fit(IReadOnlyList<int> widths, IEnumerable<int> optional, int available)
    {
        var shown = Enumerable.Range(0, widths.Count).ToList();
        foreach (var column in optional)
        {
            if (Total(shown.Select(index => Math.Min(widths[index], Readable))) <= available)
            {
                break;
            }

            shown.Remove(column);
        }

        var fitted = shown.Select(index => widths[index]).ToArray();
        while (Total(fitted) > available && fitted.Max() > Least)
        {
            fitted[Array.LastIndexOf(fitted, fitted.Max())]--;
        }

        return [.. shown.Zip(fitted)];
    }

    /// <summary>Shortens a text to a width. An ellipsis marks the cut.</summary>
    public static string Shorten(string text, int width) =>
        text.Length <= width ? text : $"{text[..(width - 1 - (char.IsHighSurrogate(text[width - 2]) ? 1 : 0))].TrimEnd()}…";

    /// <summary>Splits a text into lines of at most a width, at spaces where possible.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        while (text.Length > width)
        {
            var space = text.LastIndexOf(' ', width);
            var end = space > 0 ? space : width - (char.IsHighSurrogate(text[width - 1]) ? 1 : 0);
            yield return text[..end];
            text = text[end..].TrimStart(' ');
        }

        yield return text;
    }

    private static int Total(IEnumerable<int> widths) => widths.Sum() + (Gap * (widths.Count() - 1));
}
