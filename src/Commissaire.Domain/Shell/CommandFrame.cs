using System.Globalization;
using System.Text;

namespace Commissaire.Shell;

/// <summary>
/// A command between markers, as the login shell of a host receives it. A POSIX shell prints the markers on both output streams. The
/// output of login scripts, forced commands and banners is therefore never read as an answer, and the end of the process, not the end of
/// its output, ends the command.
/// </summary>
/// <param name="Command">The command.</param>
/// <param name="User">The login user. A user other than root needs <c>sudo</c> for a command that runs as root.</param>
/// <param name="Nonce">A random word, so that no other output is taken for a marker. Letters and digits.</param>
/// <param name="Heartbeat">How often the host prints that it is alive; null for never.</param>
public sealed record CommandFrame(ShellCommand Command, string User, string Nonce, TimeSpan? Heartbeat = null)
{
    /// <summary>The marker of a shell that started.</summary>
    public const string Begin = "begin";

    /// <summary>The marker of a command that has become root through <c>sudo</c>.</summary>
    public const string Root = "root";

    /// <summary>The marker of a command that ended: the exit status follows, and the boot ID of the host.</summary>
    public const string End = "end";

    /// <summary>The marker of a command that still runs.</summary>
    public const string Alive = "alive";

    // The command line has the prefix of the markers only in two parts: a host that prints the command prints no marker.
    private const string BeforeCommand = """
        LC_ALL=C; export LC_ALL
        m() { echo "$k-$*"; echo "$k-$*" >&2; }
        m begin

        """;

    private const string AfterCommand = """

        s=$?
        read -r b < /proc/sys/kernel/random/boot_id
        m end $s $b
        exit $s
        """;

    // The output of the pause is closed, because an open output would hold the channel open after the command.
    private const string AliveWhile = """
        (while sleep @seconds </dev/null >/dev/null 2>&1; do echo "$k-alive" >&2; done) </dev/null >/dev/null &
        trap "kill $!" 0

        """;

    private const string BecomeRoot =
        """k=$1; shift; LC_ALL=C; export LC_ALL; echo "$k-root"; echo "$k-root" >&2; exec "$@" """;

    // A command line has at most 128 KiB, and escaping makes a text longer.
    private const int MaxCarriedInput = 16 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The input to send after the command line. It is empty if the command line carries it: a start-up file of the login shell that reads
    /// its input would take a part of it.
    /// </summary>
    public ReadOnlyMemory<byte> Input => CarriedInput is null ? Command.Input : default;

    /// <summary>Every marker starts with this text; a marker ends with a line break.</summary>
    public string Prefix => $"commissaire-{Nonce}-";

    /// <summary>Whether the command becomes root through <c>sudo</c>.</summary>
    public bool Sudo => User != "root" && !Command.AsLoginUser;

    /// <summary>
    /// The command line for the login shell. It is one line without backslashes before a quote, line breaks or exclamation marks: csh and
    /// fish read these in quotes otherwise than a POSIX shell.
    /// </summary>
    public override string ToString() => $"exec sh -c 'eval \"$(printf %b \"$0\")\"' '{Escaped(Script())}'";

    private string? CarriedInput
    {
        get
        {
            if (!Command.InputIsPublic || Command.Input.Length is 0 or > MaxCarriedInput || Command.Input.Span.Contains((byte)0))
            {
                return null;
            }

            try
            {
                return StrictUtf8.GetString(Command.Input.Span);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }
    }

    private string Script()
    {
        var script = new StringBuilder().Append(CultureInfo.InvariantCulture, $"k=commissaire; k=$k-{Nonce}\n").Append(BeforeCommand);
        if (Heartbeat is { } pause)
        {
            var seconds = pause.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            script.Append(AliveWhile.Replace("@seconds", seconds, StringComparison.Ordinal));
        }

        if (CarriedInput is { } text)
        {
            script.Append(CultureInfo.InvariantCulture, $"printf %s {ShellCommand.Quoted(text)} | ");
        }

        // sudo -n never waits for a password.
        script.Append(Sudo ? $"sudo -n -- sh -c '{BecomeRoot}' sh \"$k\" {Command}" : Command.ToString());
        return script.Append(AfterCommand).ToString();
    }

    // POSIX printf, %b: a backslash, a zero and up to three octal digits are one byte.
    private static string Escaped(string script) => script
        .Replace("\\", @"\0134", StringComparison.Ordinal)
        .Replace("'", @"\0047", StringComparison.Ordinal)
        .Replace("\n", @"\0012", StringComparison.Ordinal)
        .Replace("!", @"\0041", StringComparison.Ordinal);
}
