namespace Commissaire.Lab.Kubernetes;

/// <summary>What a cluster writes down when somebody asks for a file, and takes away when it ends.</summary>
internal sealed class Files(string? chosen) : IDisposable
{
    private readonly Lock guard = new();
    private readonly HashSet<string> written = [];
    private bool made;
    private string? directory;

    /// <summary>The path of a file of that name with that text, for its owner to read only.</summary>
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

        // A directory that was there before, or that others write to, is theirs.
        if (made && directory is not null && !Directory.EnumerateFileSystemEntries(directory).Any())
        {
            Directory.Delete(directory);
        }
    }
}
