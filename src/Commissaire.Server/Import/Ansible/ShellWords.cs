using System.Text;

namespace Commissaire.Import.Ansible;

/// <summary>Splits a line of an inventory into words, as a POSIX shell does: with quotes, backslashes and comments.</summary>
internal static class ShellWords
{
    /// <summary>Returns the words of a line, without a comment. As for Ansible, a comment may begin within a word.</summary>
    /// <exception cref="FormatException">A quote is not closed, or a backslash ends the line.</exception>
    public static string[] Split(string line)
    {
        var (words, word, inWord, quote) = (new List<string>(), new StringBuilder(), false, '\0');
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == quote)
            {
                quote = '\0';
            }
            else if (c == '\\' && quote != '\'')
            {
                c = ++i < line.Length ? line[i] : throw new FormatException("a backslash ends the line");

                // Within double quotes, a backslash is only special before another one or the quote.
                word.Append(quote == '"' && c is not ('"' or '\\') ? $"\\{c}" : c.ToString());
                inWord = true;
            }
            else if (quote != '\0')
            {
                word.Append(c);
            }
            else if (c is '"' or '\'')
            {
                (quote, inWord) = (c, true);
            }
            else if (c == '#')
            {
                break;
            }
            else if (char.IsWhiteSpace(c))
            {
                End();
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (quote != '\0')
        {
            throw new FormatException($"a {quote} is not closed");
        }

        End();
        return [.. words];

        void End()
        {
            if (inWord)
            {
                words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
        }
    }
}
