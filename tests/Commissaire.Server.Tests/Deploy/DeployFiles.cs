using System.Runtime.CompilerServices;

namespace Commissaire.Server.Tests.Deploy;

/// <summary>What an operator is given to run the server with.</summary>
internal static class DeployFiles
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "..", "..", "deploy"));

    /// <summary>The text of a file.</summary>
    public static string Text(params string[] path) => File.ReadAllText(Path.Combine([Root, .. path]));

    /// <summary>All that stands in the repository below a directory.</summary>
    public static IEnumerable<string> Under(string directory) =>
        Directory.GetFiles(Path.Combine(Root, directory), "*", SearchOption.AllDirectories).Where(f => !f.Contains("/secrets/", StringComparison.Ordinal));

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
