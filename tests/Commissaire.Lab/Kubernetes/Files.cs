namespace Commissaire.Lab.Kubernetes;

/// <summary>What a cluster writes down when somebody asks for a file, and takes away when it ends.</summary>
internal sealed class Files(string? chosen) : IDisposable
{
    private readonly Lock guard = new();
    private string? directory;

    /// <summary>The path of a file of that name with that text, for its owner to read only.</summary>
    public string Write(string name, string text)
    {
        lock (guard)
        {
            directory ??= chosen is null
                ? Directory.CreateTempSubdirectory("commissaire-lab-kubernetes-").FullName
                : Directory.CreateDirectory(chosen).FullName;
            var path = Path.Combine(directory, name);
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return path;
        }
    }

    public void Dispose()
    {
        if (directory is not null)
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
