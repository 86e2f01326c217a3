using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Commissaire.Import.Ansible;

/// <summary>The names that an entry of an inventory stands for: <c>web[01:10].example.com:2222</c> are ten names with a port.</summary>
internal static partial class HostPattern
{
    /// <summary>The maximum number of names in one entry, and of hosts in an inventory.</summary>
    public const int MaxHosts = 100_000;

    private const int MaxLength = 1000;

    /// <summary>Returns the names and the port; null if the entry has none.</summary>
    /// <exception cref="FormatException">A range is invalid, or there are too many names.</exception>
    public static (IReadOnlyList<string> Names, string? Port) Expand(string entry)
    {
        if (entry.Length > MaxLength)
        {
            throw new FormatException($"a name is longer than {MaxLength} characters");
        }

        var (pattern, port) = Bracketed().Match(entry) is { Success: true } bracketed && IsIpv6(bracketed.Groups["host"].Value)
            ? (bracketed.Groups["host"].Value, Port(bracketed))
            : WithPort().Match(entry) is { Success: true } match ? (match.Groups["host"].Value, Port(match))
            : (entry, null);
        var names = new List<string>();
        if (IsIpv6(pattern))
        {
            names.Add(pattern);
        }
        else
        {
            AddNames(pattern, names);
        }

        return (names, port);
    }

    private static string? Port(Match match) => match.Groups["port"] is { Success: true } port ? port.Value : null;

    private static bool IsIpv6(string text) => text.Count(c => c == ':') > 1 && IPAddress.TryParse(text.Split('%')[0], out _);

    private static void AddNames(string pattern, List<string> names)
    {
        var open = pattern.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
        {
            names.Add(names.Count < MaxHosts ? pattern : throw new FormatException($"stands for more than {MaxHosts} hosts"));
            return;
        }

        var close = pattern.IndexOf(']', open);
        if (close < 0)
        {
            throw new FormatException($"'{pattern}': a [ is not closed");
        }

        foreach (var item in Items(pattern[(open + 1)..close]))
        {
            AddNames(string.Concat(pattern.AsSpan(0, open), item, pattern.AsSpan(close + 1)), names);
        }
    }

    private static IEnumerable<string> Items(string range)
    {
        var bounds = range.Split(':');
        var step = bounds.Length == 3 ? Number(bounds[2], range) : 1;
        if (bounds.Length is not (2 or 3) || step < 1)
        {
            throw Invalid(range);
        }

        var (first, last) = (bounds[0].Length == 0 ? "0" : bounds[0], bounds[1]);
        return first is [var from] && last is [var to] && char.IsAsciiLetter(from) && char.IsAsciiLetter(to)
            ? Letters(from, to, step, range)
            : Numbers(first, last, step, range);
    }

    private static IEnumerable<string> Numbers(string first, string last, int step, string range)
    {
        var (from, to) = (Number(first, range), Number(last, range));
        var width = first is ['0', _, ..] ? first.Length : 1;
        if (width > 1 && last.Length != width)
        {
            throw new FormatException($"[{range}]: both ends of a range with leading zeros have the same length");
        }

        return Steps(from, to, step, range).Select(n => n.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'));
    }

    // Lower case comes before upper case.
    private static IEnumerable<string> Letters(char from, char to, int step, string range)
    {
        const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        return Steps(
                Alphabet.IndexOf(from, StringComparison.Ordinal), Alphabet.IndexOf(to, StringComparison.Ordinal), step, range)
            .Select(i => Alphabet[i].ToString());
    }

    private static IEnumerable<int> Steps(int from, int to, int step, string range)
    {
        if (from > to)
        {
            throw new FormatException($"[{range}]: the first end of a range is not after the second one");
        }

        // In 64 bits, since the step may lead past the largest number.
        for (long n = from; n <= to; n += step)
        {
            yield return (int)n;
        }
    }

    private static int Number(string text, string range) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Invalid(range);

    private static FormatException Invalid(string range) =>
        new($"[{range}]: expected a range such as [1:10], [01:10], [a:f] or [1:10:2]");

    [GeneratedRegex(@"\A\[(?<host>[^\[\]]+)\](?::(?<port>[0-9]+))?\z")]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"\A(?<host>(?:[^:\[\]]|\[[^\]]*\])+):(?<port>[0-9]+)\z")]
    private static partial Regex WithPort();
}
