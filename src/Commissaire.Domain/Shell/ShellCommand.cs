using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>
/// A command line as words. What a caller sent is always a word of its own, so it cannot become anything but an argument; quoting happens in
/// one place, when the words become the line a remote shell reads.
/// </summary>
/// <param name="Words">The program and its arguments.</param>
/// <param name="Input">What is written to the command's standard input: the way for anything that must not stand on a command line.</param>
public sealed partial record ShellCommand(ImmutableArray<string> Words, ReadOnlyMemory<byte> Input = default)
{
    /// <summary>Whether somebody waits for it: it connects without waiting behind commands that are not urgent.</summary>
    public bool Urgent { get; init; }

    private const string WriteWhole = """
        umask 077 && mkdir -p -m 755 "$(dirname "$1")" && cat > "$1.commissaire" && [ "$(wc -c < "$1.commissaire")" -eq "$3" ] &&
        chmod "$2" "$1.commissaire" && mv -f "$1.commissaire" "$1"
        """;

    /// <summary>A program and its arguments.</summary>
    public static ShellCommand Of(params ImmutableArray<string> words) => new(words);

    /// <summary>
    /// A POSIX shell script with arguments (<c>$1</c>…). The script is ours and fixed; everything variable is an argument.
    /// </summary>
    public static ShellCommand Script(string script, params ImmutableArray<string> arguments) =>
        new(["sh", "-c", script, "commissaire", .. arguments]);

    /// <summary>
    /// Writes a file whole or not at all: to a temporary name beside it, then renamed over it if all of it arrived (a connection that is lost
    /// ends the input early, and looks like success). Repeating it is harmless.
    /// </summary>
    /// <param name="path">Where the file is to stand.</param>
    /// <param name="mode">Its permissions in octal.</param>
    /// <param name="content">What it is to hold; sent as standard input.</param>
    public static ShellCommand WriteFile(string path, string mode, ReadOnlyMemory<byte> content) =>
        Script(WriteWhole, path, mode, content.Length.ToString(CultureInfo.InvariantCulture)) with { Input = content };

    /// <summary>The same command with root's rights, for a user who is not root: <c>sudo -n</c>, so that it never waits for a password.</summary>
    public ShellCommand As(string user) => user == "root" ? this : this with { Words = ["sudo", "-n", "--", .. Words] };

    /// <summary>The line as the remote shell reads it.</summary>
    public override string ToString() => string.Join(' ', Words.Select(Quoted));

    private static string Quoted(string word) =>
        Plain().IsMatch(word) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\A[A-Za-z0-9_@%+:,./-]+\z")]
    private static partial Regex Plain();
}
