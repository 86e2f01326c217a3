using System.Diagnostics;

namespace Commissaire.Lab.Tests;

/// <summary>The lab's own program, with its hosts up.</summary>
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
        var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Eventually.Timeout);
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

    public ValueTask DisposeAsync()
    {
        Process.Kill();
        Process.Dispose();
        return ValueTask.CompletedTask;
    }
}
