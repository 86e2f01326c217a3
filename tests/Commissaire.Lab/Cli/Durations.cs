using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Commissaire.Lab.Cli;

/// <summary>Parses durations such as <c>300ms</c>, <c>2s</c> and <c>1.5m</c>.</summary>
internal static partial class Durations
{
    public static Option<TimeSpan> Option(string name, string description, TimeSpan usual) => new(name)
    {
        Description = $"{description}: 300ms, 2s, 1m",
        HelpName = "duration",
        DefaultValueFactory = _ => usual,
        CustomParser = result =>
        {
            if (TryParse(result.Tokens[0].Value, out var duration))
            {
                return duration;
            }

            result.AddError($"'{result.Tokens[0].Value}' is not a duration such as 300ms, 2s or 1m.");
            return usual;
        },
    };

    public static bool TryParse(string text, out TimeSpan duration)
    {
        var match = Duration().Match(text);
        duration = default;
        if (!match.Success)
        {
            return false;
        }

        var number = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        duration = match.Groups[2].Value switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "m" => TimeSpan.FromMinutes(number),
            _ => TimeSpan.FromSeconds(number),
        };
        return true;
    }

    [GeneratedRegex(@"^(\d{1,6}(?:\.\d+)?)(ms|s|m)$")]
    private static partial Regex Duration();
}
