using System.Diagnostics;

namespace Commissaire.Lab.Tests;

/// <summary>The program of the lab, with running hosts.</summary>
internal sealed class UpProgram : IAsyncDisposable
{
    private UpProgram(Process process, string labDirectory)
    {
        Process = process;
        LabDirectory = labDirectory;
    }

    public Process Process { get; }

    public string LabDirectory { get; }

    public static async Task<UpProgram> Start(params string[] arguments)
    {
        await LabEnvironment.EnsurePrerequisites();
        var start = new ProcessStartInfo("dotnet", [typeof(LabEnvironment).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
        };
        // The runtime leaves a file in /tmp for debuggers when it is killed.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(WaitLimit.Value);
        const string Key = "Key, ";
        while (await process.StandardOutput.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith(Key, StringComparison.Ordinal))
            {
                return new UpProgram(process, Path.GetDirectoryName(line[(line.LastIndexOf(' ') + 1)..])!);
            }
        }

        throw new InvalidOperationException("The lab did not come up.");
    }

    /// <summary>Sends a signal and waits until the program has ended.</summary>
    public async Task<int> End(string signal)
    {
        using var kill = System.Diagnostics.Process.Start("/bin/kill", ["-s", signal, $"{Process.Id}"]);
        await Process.WaitForExitAsync().WaitAsync(WaitLimit.Value);
        return Process.ExitCode;
    }

    public ValueTask DisposeAsync()
    {
        Process.Kill();
        Process.Dispose();
        return ValueTask.CompletedTask;
    }
}
