using System.Diagnostics;
using System.Text;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>The shell of this machine.</summary>
internal static class Sh
{
    /// <summary>What <c>sh -c</c> makes of a line.</summary>
    public static (int ExitCode, byte[] Output) Run(string line, ReadOnlyMemory<byte> input = default)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", line]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        shell.StandardInput.BaseStream.Write(input.Span);
        shell.StandardInput.Close();
        using var output = new MemoryStream();
        shell.StandardOutput.BaseStream.CopyTo(output);
        shell.WaitForExit();
        return (shell.ExitCode, output.ToArray());
    }

    /// <summary>The words that a program is given by a line which begins with <c>printf '%s\0'</c>.</summary>
    public static string[] Words(string line) => Encoding.UTF8.GetString(Run(line).Output).Split('\0')[..^1];
}
