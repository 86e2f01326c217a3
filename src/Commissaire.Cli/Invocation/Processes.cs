using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Commissaire.Invocation;

/// <summary>Programs that commctl runs. None is run through a shell.</summary>
internal static class Processes
{
    /// <summary>Starts one.</summary>
    /// <exception cref="CommandFailure">It is not there.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CommandFailure($"'{start.FileName}' cannot be run: {e.Message}. Is OpenSSH's client installed?");
        }
    }

    /// <summary>Asks one to end (SIGTERM).</summary>
    public static void Terminate(Process process)
    {
        const int SigTerm = 15;
        if (!process.HasExited)
        {
            _ = Kill(process.Id, SigTerm);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
