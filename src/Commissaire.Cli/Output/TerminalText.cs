namespace Commissaire.Output;

/// <summary>Makes untrusted text safe to print on a terminal.</summary>
internal static class TerminalText
{
    /// <summary>Joins the lines of a text and escapes its control characters, so that it cannot control the terminal.</summary>
    public static string OneLine(string text)
    {
        var lines = text.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return UnsafeText.Escape(string.Join(' ', lines).Replace('\t', ' '));
    }

    /// <summary>Shortens the time of an event to seconds, in UTC.</summary>
    public static string Timestamp(string time) => time.Length >= 19 ? time[..19] + "Z" : time;
}
