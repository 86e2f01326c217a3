using System.Diagnostics;
using System.Text;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>Runs commands in the local shell.</summary>
internal static class Sh
{
    /// <summary>Runs a line with <c>sh -c</c>.</summary>
    public static (int ExitCode, byte[] Output) Run(string line, ReadOnlyMemory<byte> input = default)
    {
        var start = new ProcessStartInfo("sh", ["-c", line]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var shell = Process.Start(start)!;
        shell.StandardInput.BaseStream.Write(input.Span);
        shell.StandardInput.Close();
        using var output = new MemoryStream();
        shell.StandardOutput.BaseStream.CopyTo(output);
        shell.WaitForExit();
        return (shell.ExitCode, output.ToArray());
    }

    /// <summary>Returns the arguments of a line that starts with <c>printf '%s\0'</c>.</summary>
    public static string[] Words(string line) => Encoding.UTF8.GetString(Run(line).Output).Split('\0')[..^1];
}
