using System.Globalization;
using System.Runtime.InteropServices;

namespace Commissaire.Lab.Machine;

/// <summary>
/// Sets what a process inherits and passes on to its children to known values. A shell starts background commands with SIGINT and
/// SIGQUIT ignored, nohup ignores SIGHUP, and users choose their umask, locale and proxies.
/// </summary>
public static class ProcessDefaults
{
    private const int Hup = 1, Int = 2, Quit = 3, Term = 15;
    private const uint Umask = 0b000_010_010;

    private static readonly string[] Prefixes = ["COMMISSAIRE_", "COMMCTL_", "ETCD_", "LC_", "OTEL_", "PG"];

    private static readonly string[] Names =
    [
        "ALL_PROXY", "COLUMNS", "HTTPS_PROXY", "HTTP_PROXY", "LANG", "LANGUAGE", "LINES", "NO_COLOR", "NO_PROXY", "SSH_ASKPASS",
        "SSH_AUTH_SOCK",
    ];

    /// <summary>Restores the default action of ignored signals and sets the umask to 022.</summary>
    public static void Restore()
    {
        var ignored = ulong.Parse(
            File.ReadLines("/proc/self/status").Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..],
            NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
        foreach (var signal in (int[])[Hup, Int, Quit, Term])
        {
            // Only ignored signals: the runtime has handlers for the others.
            if ((ignored >> (signal - 1) & 1) != 0)
            {
                _ = SetSignalHandler(signal, 0);
            }
        }

        _ = SetUmask(Umask);
    }

    /// <summary>Also removes variables that change what the programs under test do or print.</summary>
    public static void RestoreForTests()
    {
        Restore();
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>())
        {
            if (Names.Contains(name.ToUpperInvariant()) || Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }

        Environment.SetEnvironmentVariable("LC_ALL", "C.UTF-8");
        Environment.SetEnvironmentVariable("TERM", "dumb");
    }

    [DllImport("libc", EntryPoint = "signal")]
    private static extern nint SetSignalHandler(int signal, nint handler);

    [DllImport("libc", EntryPoint = "umask")]
    private static extern uint SetUmask(uint mask);
}
