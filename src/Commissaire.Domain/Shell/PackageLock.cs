using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>Recognises that a command failed because another program uses the package manager.</summary>
public static partial class PackageLock
{
    /// <summary>Which program holds which lock; null if the command did not fail for a lock.</summary>
    public static string? Holder(ShellOutcome.Completed done)
    {
        if (done.ExitCode == 0)
        {
            return null;
        }

        // dnf and yum announce the wait on standard output, and apt the final failure on standard error.
        var (line, match) = ToolError.Lines(done.Error).Concat(ToolError.Lines(done.Output))
            .Select(line => (line, Match: Busy().Match(line)))
            .FirstOrDefault(found => found.Match.Success);
        if (line is null)
        {
            return null;
        }

        var process = match.Groups["pid"] is { Success: true } pid
            ? $"process {pid.Value}{(match.Groups["name"] is { Success: true } name ? $" ({name.Value})" : "")}"
            : match.Groups["what"] is { Success: true } what ? $"another transaction ({what.Value.Trim()})"
            : "another program";
        return ToolError.Cut($"the package manager is busy: {process} holds its lock ({line})");
    }

    [GeneratedRegex(
        """
        ^(?:
          (?:(?:E|Error):\ )?Could\ not\ get\ lock\ \S+?\.\ It\ is\ held\ by\ process\ (?<pid>\d+)(?:\ \((?<name>[^)]*)\))?
          | (?:(?:E|Error):\ )?Could\ not\ get\ lock\ (?!.*(?:Permission\ denied|Read-only|No\ space))
          | (?:E|Error):\ Unable\ to\ (?:acquire\ the\ dpkg\ frontend|lock\ the\ administration).*is\ another\ process\ using\ it
          | dpkg:\ error:\ .*(?:is|was)\ locked\ by\ another\ process(?:\ with\ pid\ (?<pid>\d+))?
          | Existing\ lock\ .*another\ copy\ is\ running\ as\ pid\ (?<pid>\d+)(?:\ \((?<name>[^)]*)\))?
          | Another\ app\ is\ currently\ holding\ the\ yum\ lock
          | Waiting\ for\ process\ with\ pid\ (?<pid>\d+)\ to\ finish
          | .*Failed\ to\ obtain\ (?:the|rpm)\ transaction\ lock
          | (?:error|warning):\ (?:can't\ create\ transaction\ lock\ .*temporarily\ unavailable|waiting\ for\ transaction\ lock\ )
          | error:\ Transaction\ in\ progress:?(?<what>.*)
        )
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex Busy();
}
