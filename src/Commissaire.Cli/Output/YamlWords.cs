using System.Text.RegularExpressions;

namespace Commissaire.Output;

/// <summary>Texts that a YAML reader takes for something else unless they are quoted (YAML 1.1, which most readers speak, and 1.2).</summary>
internal static partial class YamlWords
{
    /// <summary>Whether the text would be read as a boolean, a number, a time, null or a merge key.</summary>
    public static bool MeanSomethingElse(string text) =>
        text.Length == 0 || Word().IsMatch(text) || (IsNumeric(text[0]) && (Integer().IsMatch(text) || Real().IsMatch(text) || Time().IsMatch(text)));

    private static bool IsNumeric(char first) => char.IsAsciiDigit(first) || first is '-' or '+' or '.';

    [GeneratedRegex(@"\A(yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF|~|null|Null|NULL|<<|=)\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"\A[-+]?(0b[0-1_]+|0o?[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(:[0-5]?[0-9])+)\z")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\A([-+]?([0-9][0-9_]*)?\.?[0-9_]*([eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z")]
    private static partial Regex Real();

    [GeneratedRegex(@"\A([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(\.[0-9]*)?([ \t]*(Z|[-+][0-9]{1,2}(:?[0-9]{2})?))?)\z")]
    private static partial Regex Time();
}
