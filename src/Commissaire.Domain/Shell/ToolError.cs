using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>Finds the line that names the cause in the output of a failed command: tools print it first, and consequences later.</summary>
public static partial class ToolError
{
    private const int LineKept = 300;

    // No message is longer, and the search for messages must not take long in the output of a hostile host.
    private const int LineSearched = 1000;

    /// <summary>The line that names the cause; empty if the command printed none.</summary>
    public static string Cause(string output, string error)
    {
        var errors = Lines(error);
        return Cut(Traceback(errors) ?? First(errors, Known()) ?? First(Lines(output), Known())
            ?? errors.LastOrDefault(line => !Noise().IsMatch(line)) ?? errors.LastOrDefault() ?? "");
    }

    /// <summary>The lines of a text without the empty ones, each cut to the longest that a message may be.</summary>
    internal static List<string> Lines(string text) =>
    [
        .. text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => OutsideText.Start(line, LineSearched)),
    ];

    /// <summary>The line, cut to the length that events keep.</summary>
    internal static string Cut(string line) => OutsideText.Start(line, LineKept);

    /// <summary>The first line that matches. A line that ends with a colon continues on the next.</summary>
    internal static string? First(List<string> lines, Regex known)
    {
        var at = lines.FindIndex(known.IsMatch);
        return at < 0 ? null
            : lines[at].EndsWith(':') && at + 1 < lines.Count ? $"{lines[at]} {lines[at + 1].TrimStart('-', ' ')}"
            : lines[at];
    }

    // Python prints the exception last.
    private static string? Traceback(List<string> lines) =>
        lines.Exists(line => line.StartsWith("Traceback (most recent call last)", StringComparison.Ordinal)) ? lines[^1] : null;

    // apt, dpkg, dnf 4 and 5, yum, rpm, rpm-ostree, subscription-manager, systemctl, kubeadm, curl and the shell, with LC_ALL=C.
    [GeneratedRegex(
        """
        ^(?:
          E:\ | W:\ (?:Failed\ to\ fetch|Some\ index\ files) | dpkg(?:-deb|-query)?:\ (?:unrecoverable\ fatal\ )?error
          | (?:[Ee]rror|ERROR|[Ff]atal|FATAL)(?::|\ (?!messages?\b)\S+.*:) | \[ERROR\b
          | Errors\ during\ downloading | >>>\ | Failed\ to\ | Cannot\ find\ a\ valid\ baseurl | Could\ not\ (?:retrieve|resolve)
          | There\ are\ no\ enabled\ repo | No\ package\ \S+\ available | No\ match\ for\ argument | Transaction\ (?:failed|check\ error)
          | Rpm\ transaction\ failed | Existing\ lock\ | Job\ for\ \S+\ | curl:\ \(\d+\) | No\ such\ command | Unknown\ argument\ 
          | \S.*(?:No\ space\ left\ on\ device|Read-only\ file\ system|Structure\ needs\ cleaning|Input/output\ error)
        )
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Known();

    // Lines of sudo, locales and terminals that do not concern the command.
    [GeneratedRegex(@"^(?:sudo: (?:unable to resolve host|setrlimit)|\S+: warning: setlocale|perl: warning|locale: |mesg: |"
        + @"stdin: is not a tty)")]
    private static partial Regex Noise();
}
