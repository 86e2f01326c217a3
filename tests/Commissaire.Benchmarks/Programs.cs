using System.Diagnostics;

namespace Commissaire.Benchmarks;

/// <summary>The programs that are measured.</summary>
internal static class Programs
{
    /// <summary>This program.</summary>
    public static string Benchmarks { get; } = typeof(Programs).Assembly.Location;

    /// <summary>The server that was built with this program.</summary>
    public static string Server { get; } = Path.Combine(AppContext.BaseDirectory, "commissaire-server.dll");

    /// <summary>Publishes a project as it is delivered: compiled ahead of time.</summary>
    public static string Publish(WorkDirectory work, string project, string name)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Commissaire.sln")))
        {
            root = Path.GetDirectoryName(root.TrimEnd('/')) ?? throw new InvalidOperationException("Run from within the repository.");
        }

        var target = Path.Combine(work.Path, name);
        using var publish = Process.Start(new ProcessStartInfo(
            "dotnet", ["publish", Path.Combine(root, project), "-c", "Release", "-r", "linux-x64", "--nologo", "-v", "quiet", "-o", target])
        { RedirectStandardOutput = true })!;
        publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        return publish.ExitCode == 0 ? Path.Combine(target, name) : throw new InvalidOperationException(
            $"{project} could not be published.");
    }
}
