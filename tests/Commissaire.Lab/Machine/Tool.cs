using System.Diagnostics;

namespace Commissaire.Lab.Machine;

/// <summary>Runs a program and returns its output.</summary>
internal static class Tool
{
    public static async Task<string> Run(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var (exitCode, said) = await Try(program, arguments, ct);
        return exitCode == 0
            ? said
            : throw new LabException($"{program} {string.Join(' ', arguments)} ended with {exitCode}: {said.Trim()}");
    }

    public static async Task<(int ExitCode, string Said)> Try(string program, IEnumerable<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new LabException($"{program} cannot be started.");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output + await error);
    }
}
