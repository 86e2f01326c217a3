using System.Globalization;
using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>
/// A command line as words. User input is always a separate word, and words are quoted only here, for the remote shell. Secrets and content
/// go into the standard input, because they must not be on a command line.
/// </summary>
public sealed partial record ShellCommand(ImmutableArray<string> Words, ReadOnlyMemory<byte> Input = default)
{
    /// <summary>Whether the command does not queue behind background commands to connect.</summary>
    public bool Interactive { get; init; }

    /// <summary>Whether the input holds no secret, so that a command line may carry it.</summary>
    public bool InputIsPublic { get; init; }

    /// <summary>Whether the command runs as the login user; otherwise it runs as root, through <c>sudo</c> if necessary.</summary>
    public bool AsLoginUser { get; init; }

    /// <summary>What an operator types on the host in place of a long script; null for commands that can be typed as they are.</summary>
    public string? ByHand { get; init; }

    /// <summary>The file that the command writes; null for other commands.</summary>
    public FileWrite? Writes { get; init; }

    /// <summary>The command line for an operator; null if it is too long to type.</summary>
    public string? ForOperator =>
        ByHand ?? (ToString() is { Length: <= 200 } line && !line.Contains('\n', StringComparison.Ordinal) ? line : null);

    // A file of somebody else is kept, once: those of Commissaire say so, or have the same content.
    private const string AtomicWrite = """
        umask 077 && mkdir -p -m 755 "$(dirname "$1")" && cat > "$1.commissaire" && {
          [ "$(wc -c < "$1.commissaire")" -eq "$3" ] || {
            echo "only a part of $1 arrived: a start-up file of the login shell may read the input" >&2; exit 1
          }
        } || exit
        before="$1.before-commissaire"
        if [ -e "$1" ] && [ ! -e "$before" ] && ! grep -q '^# Written by Commissaire' "$1" &&
          [ "$(cksum < "$1")" != "$(cksum < "$1.commissaire")" ]; then
          cp -pP "$1" "$before~" && mv -f "$before~" "$before" && echo "The former $1 is kept as $before." || exit
        fi
        chmod "$2" "$1.commissaire" && mv -f "$1.commissaire" "$1"
        """;

    /// <summary>Creates a command from a program and its arguments.</summary>
    public static ShellCommand Of(params ImmutableArray<string> words) => new(words);

    /// <summary>Creates a command from a constant POSIX shell script. Pass variable text as arguments (<c>$1</c>…).</summary>
    public static ShellCommand Script(string script, params ImmutableArray<string> arguments) =>
        new(["sh", "-c", script, "commissaire", .. arguments]);

    /// <summary>
    /// Creates a command that writes its standard input to a file atomically, and only if the size is right: a lost connection ends the
    /// input early without an error. A file that somebody else wrote is kept beside it, with the suffix
    /// <c>.before-commissaire</c>. Running it twice is harmless.
    /// </summary>
    public static ShellCommand WriteFile(string path, string mode, ReadOnlyMemory<byte> content) =>
        Script(AtomicWrite, path, mode, content.Length.ToString(CultureInfo.InvariantCulture)) with
        {
            Input = content,
            InputIsPublic = mode != "600",
            Writes = new FileWrite(path, mode, content),
            ByHand = $"ls -ld {Quoted(path)}; df {Quoted(path[..path.LastIndexOf('/')])}",
        };

    /// <summary>Returns the quoted command line for the remote shell.</summary>
    public override string ToString() => string.Join(' ', Words.Select(Quoted));

    internal static string Quoted(string word) =>
        Plain().IsMatch(word) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"\A[A-Za-z0-9_@%+:,./-]+\z")]
    private static partial Regex Plain();
}

/// <summary>A file that a command writes, with its mode in octal. A file that only root can read (600) contains a secret.</summary>
public sealed record FileWrite(string Path, string Mode, ReadOnlyMemory<byte> Content)
{
    /// <summary>Whether the content is a secret.</summary>
    public bool IsSecret => Mode == "600";
}

/// <summary>The outcome of a command on a host.</summary>
public abstract record ShellOutcome
{
    private ShellOutcome() { }

    /// <summary>The command ended. Long output is truncated. The key is the one that the host proved.</summary>
    public sealed record Completed(int ExitCode, string Output, string Error, HostKey Key) : ShellOutcome
    {
        /// <summary>The boot ID of the host when the command ended; null if it could not be read.</summary>
        public string? BootId { get; init; }
    }

    /// <summary>
    /// The host ended the login session, and never ran the command: a login shell, a start-up file or a forced command did something else.
    /// </summary>
    /// <param name="ExitCode">The exit status of the session; null if the host sent none.</param>
    /// <param name="Output">The text that the host printed.</param>
    /// <param name="Key">The key that the host proved.</param>
    public sealed record Unrecognized(int? ExitCode, string Output, HostKey Key) : ShellOutcome;

    /// <summary>The user could not become root. The command did not run.</summary>
    /// <param name="Output">The text that <c>sudo</c> printed.</param>
    /// <param name="Key">The key that the host proved.</param>
    public sealed record NotRoot(string Output, HostKey Key) : ShellOutcome;

    /// <summary>The connection failed: refused, reset, no route, unknown name or timeout. The command did not run.</summary>
    public sealed record Unreachable(string Reason) : ShellOutcome
    {
        /// <summary>Whether the machine itself refused the connection: it runs, and its sshd does not.</summary>
        public bool IsRunning { get; init; }
    }

    /// <summary>
    /// The host accepted the connection and closed it before it identified itself, as sshd does when too many clients log in, or when it
    /// penalizes our address. The command did not run.
    /// </summary>
    public sealed record RefusedForNow(string Reason) : ShellOutcome;

    /// <summary>The host rejected the user's private key. The command did not run.</summary>
    public sealed record AuthenticationFailed(string Reason) : ShellOutcome;

    /// <summary>The host offered a key other than the trusted key. The command did not run.</summary>
    public sealed record HostKeyChanged(HostKey Offered) : ShellOutcome;

    /// <summary>The connection was lost while the command ran. The command may have completed.</summary>
    public sealed record Interrupted(string Reason) : ShellOutcome
    {
        /// <summary>The output until then.</summary>
        public string Output { get; init; } = "";
    }

    /// <summary>The command did not end within its deadline. The command may have completed.</summary>
    public sealed record TimedOut(TimeSpan Deadline) : ShellOutcome
    {
        /// <summary>The output until then.</summary>
        public string Output { get; init; } = "";
    }

    /// <summary>The server itself failed before it connected, so nothing is known about the host. The command did not run.</summary>
    public sealed record NotTried(string Reason) : ShellOutcome;

    /// <summary>The command printed more than the limit, and was ended.</summary>
    public sealed record TooMuchOutput(long LimitBytes) : ShellOutcome;

    /// <summary>The command ended, and its output could not be read.</summary>
    public sealed record Unreadable(string Reason) : ShellOutcome;

    /// <summary>The private key is not in the secret store or cannot log in. The command did not run.</summary>
    public sealed record NoCredentials(string Reason) : ShellOutcome;
}
