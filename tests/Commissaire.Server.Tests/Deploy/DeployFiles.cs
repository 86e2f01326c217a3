using System.Runtime.CompilerServices;

namespace Commissaire.Server.Tests.Deploy;

/// <summary>Reads the files in <c>deploy/</c>.</summary>
internal static class DeployFiles
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "deploy"));

    /// <summary>Reads a file.</summary>
    public static string Text(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    /// <summary>Lists the files below a directory, except created secrets.</summary>
    public static IEnumerable<string> Under(string directory) =>
        Directory.GetFiles(Path.Combine(Root, directory), "*", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/secrets/", StringComparison.Ordinal));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
