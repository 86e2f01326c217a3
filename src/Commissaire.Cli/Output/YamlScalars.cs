using System.Text.RegularExpressions;

namespace Commissaire.Output;

/// <summary>Finds strings that a YAML reader resolves to another type unless they are quoted, by the rules of YAML 1.1 and 1.2.</summary>
internal static partial class YamlScalars
{
    /// <summary>Whether a reader resolves the plain text to a boolean, number, timestamp, null or merge key.</summary>
    public static bool NeedsQuotes(string text) => text.Length == 0 || Keyword().IsMatch(text)
        || (CanStartNumber(text[0]) && (Integer().IsMatch(text) || Float().IsMatch(text) || Timestamp().IsMatch(text)));

    private static bool CanStartNumber(char first) => char.IsAsciiDigit(first) || first is '-' or '+' or '.';

    [GeneratedRegex(@"\A(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|~|null|Null|NULL|<<|=)\z")]
    private static partial Regex Keyword();

    [GeneratedRegex(@"\A[-+]?(0b[0-1_]+|0o?[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A([-+]?([0-9][0-9_]*)?\.?[0-9_]*([eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*"
        + @"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z")]
    private static partial Regex Float();

    [GeneratedRegex(@"\A([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?"
        + @"([ \t]*(Z|[-+][0-9]{1,2}(:?[0-9]{2})?))?)\z")]
    private static partial Regex Timestamp();
}
