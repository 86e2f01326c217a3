using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Commissaire.Hosts.Ssh;

/// <summary>Starts and ends the programs of OpenSSH, without a shell.</summary>
internal static class SshProcess
{
    /// <summary>Starts a program.</summary>
    /// <exception cref="CommandException">The program cannot be started.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new CommandException($"Cannot run '{start.FileName}': {e.Message}. Check that the OpenSSH client is installed.");
        }
    }

    public static void Terminate(Process process)
    {
        const int sigTerm = 15;
        if (!process.HasExited)
        {
            _ = Kill(process.Id, sigTerm);
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);
}
