using System.Text;

namespace Commissaire.Hosts;

/// <summary>Reads os-release(5): assignments of the shell, without expansions.</summary>
internal static class OsRelease
{
    /// <summary>The values by name. Of two assignments to a name, the last one counts.</summary>
    public static Dictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith('#') && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                values[line[..at].TrimEnd()] = Unquoted(line[(at + 1)..].TrimStart());
            }
        }

        return values;
    }

    // Single quotes keep everything; double quotes keep all but \" \$ \\ and \`; outside of quotes, a backslash keeps the next character
    // and a space ends the value.
    private static string Unquoted(string word)
    {
        var (value, quote) = (new StringBuilder(word.Length), '\0');
        for (var at = 0; at < word.Length; at++)
        {
            var c = word[at];
            var next = at + 1 < word.Length ? word[at + 1] : '\0';
            if (c == '\\' && next != '\0' && (quote == '\0' || (quote == '"' && next is '"' or '$' or '\\' or '`')))
            {
                value.Append(next);
                at++;
            }
            else if (c is '"' or '\'' && (quote == '\0' || quote == c))
            {
                quote = quote == '\0' ? c : '\0';
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                break;
            }
            else
            {
                value.Append(c);
            }
        }

        return value.ToString();
    }
}
