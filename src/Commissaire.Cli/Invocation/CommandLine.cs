using System.Text.RegularExpressions;

namespace Commissaire.Invocation;

/// <summary>Writes command lines for the user to copy.</summary>
internal static partial class CommandLine
{
    /// <summary>Writes a command with the global options of the current command line, such as <c>--endpoint</c>.</summary>
    public static string With(ParseResult current, GlobalOptions options, params IEnumerable<string> words) => string.Join(
        ' ', ((string[])["commctl", .. words, .. options.All.SelectMany(option => Given(current, option))]).Select(Quote));

    private static IEnumerable<string> Given(ParseResult current, Option option) =>
        current.GetResult(option) is { Implicit: false } result
            ? result.Tokens.SelectMany(token => (string[])[option.Name, token.Value])
            : [];

    private static string Quote(string word) =>
        Plain().IsMatch(word) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\A[A-Za-z0-9_@%+=:,./-]+\z")]
    private static partial Regex Plain();
}
