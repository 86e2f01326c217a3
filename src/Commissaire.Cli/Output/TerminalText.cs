namespace Commissaire.Output;

/// <summary>Texts of others, made fit to be shown to people.</summary>
internal static class Words
{
    /// <summary>The text as one line, in which nothing commands the terminal.</summary>
    public static string OneLine(string text) =>
        string.Join(' ', text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Harmless));

    private static string Harmless(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => c == '\t' ? ' ' : char.IsControl(c) ? '?' : c)) : text;
}
