namespace Commissaire.Lab.Kubernetes;

/// <summary>The files of a cluster, which it writes on demand and removes when it ends.</summary>
internal sealed class Files(string? chosen) : IDisposable
{
    private readonly Lock guard = new();
    private readonly HashSet<string> written = [];
    private bool made;
    private string? directory;

    /// <summary>Writes a file that only its owner can read, and returns its path.</summary>
    public string Write(string name, string text)
    {
        lock (guard)
        {
            if (directory is null)
            {
                made = !Directory.Exists(chosen);
                directory = chosen is null
                    ? Directory.CreateTempSubdirectory("commissaire-lab-kubernetes-").FullName
                    : Directory.CreateDirectory(chosen).FullName;
            }

            var path = Path.Combine(directory, name);
            written.Add(path);
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return path;
        }
    }

    public void Dispose()
    {
        foreach (var path in written)
        {
            File.Delete(path);
        }

        // A directory that existed before, or has other files, is kept.
        if (made && directory is not null && !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }
}
