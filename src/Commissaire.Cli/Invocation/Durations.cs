using System.CommandLine;
using System.Globalization;

namespace Commissaire.Invocation;

/// <summary>Spans of time on the command line: seconds, or a number with <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>.</summary>
internal static class Durations
{
    /// <summary>An option that takes one; its value is in seconds.</summary>
    public static Option<int?> Option(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = given =>
        {
            if (Seconds(given.Tokens[0].Value) is { } seconds)
            {
                return seconds;
            }

            given.AddError($"argument {name}: '{given.Tokens[0].Value}' is not a span of time; expected seconds, or a number with s, m, h or d, such as 90s or 24h");
            return null;
        },
    };

    /// <summary>The span in seconds; null when it is none.</summary>
    public static int? Seconds(string text)
    {
        var unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => 0 };
        return int.TryParse(unit == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number * Math.Max(1L, unit) <= int.MaxValue
            ? number * Math.Max(1, unit)
            : null;
    }
}
