using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>Explains why <c>sudo</c> refused to run a command. Its text is read only if the command did not become root.</summary>
public static partial class SudoRefusal
{
    /// <summary>Why a user could not become root.</summary>
    /// <param name="output">The text that sudo, or the shell in its place, printed.</param>
    /// <param name="user">The login user.</param>
    public static string Explain(string output, string user)
    {
        // Warnings come first: the message that says why sudo gave up is the last line.
        if (ToolError.Lines(output) is not [.., var last])
        {
            return $"user '{user}' cannot become root: sudo printed nothing";
        }

        var line = ToolError.Cut(last);
        return last switch
        {
            _ when Missing().IsMatch(last) => $"sudo is not installed on the host, and user '{user}' is not root ({line})",
            _ when Password().IsMatch(last) => $"user '{user}' may not run commands as root without a password ({line})",
            _ when Terminal().IsMatch(last) =>
                $"sudo on the host requires a terminal: add 'Defaults:{user} !requiretty' to its sudoers ({line})",
            _ when Unlisted().IsMatch(last) => $"user '{user}' may not run commands as root: sudoers does not allow it ({line})",
            _ when Account().IsMatch(last) => $"sudo on the host rejected the account of user '{user}' ({line})",
            _ when Broken().IsMatch(last) => $"sudo on the host does not work ({line})",
            _ => $"user '{user}' cannot become root ({line})",
        };
    }

    // The shells say it in their own ways, and csh ends with status 1.
    [GeneratedRegex(@"^(?:\S*sh: )?(?:line \d+: |\d+: )?(?:\S*/)?sudo: (?:(?:command )?not found\.?|No such file or directory)$"
        + @"|^\S*sh(?::\d+)?: (?:command not found|Unknown command): '?sudo'?$", RegexOptions.IgnoreCase)]
    private static partial Regex Missing();

    [GeneratedRegex(@"^sudo: (?:a password is required|a terminal is required to (?:read the password|authenticate)|no tty present|"
        + @"interactive authentication is required|\d+ incorrect password attempts?|no password was provided|no askpass program)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Password();

    [GeneratedRegex(@"^sudo: (?:sorry, )?you must have a tty to run sudo", RegexOptions.IgnoreCase)]
    private static partial Regex Terminal();

    [GeneratedRegex(@"^(?:sudo: )?(?:Sorry, user \S+ (?:is not allowed to execute|may not run sudo)|\S+ is not (?:in the sudoers file|"
        + @"allowed to (?:run|execute) )|I'm sorry \S+ I'm afraid I can't do that)", RegexOptions.IgnoreCase)]
    private static partial Regex Unlisted();

    [GeneratedRegex(@"^sudo: (?:account validation failure|Account or password is expired|Password expired|PAM account management error|"
        + @"you do not exist in the passwd database|unknown (?:uid|user))", RegexOptions.IgnoreCase)]
    private static partial Regex Account();

    [GeneratedRegex(@"^sudo: (?:\S+ (?:is (?:owned by|world writable|group writable)|must be owned by)|parse error in|"
        + @"no valid sudoers sources|unable to (?:initialize|open|stat|read) .*(?:sudoers|policy|sudo\.conf)|"
        + @"error (?:initializing|in) |effective uid is not 0|The ""no new privileges"" flag|fatal error|unable to load)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Broken();
}
