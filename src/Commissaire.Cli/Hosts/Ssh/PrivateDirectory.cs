namespace Commissaire.Hosts.Ssh;

/// <summary>A temporary directory that only its owner can open. It is in memory if $XDG_RUNTIME_DIR is set.</summary>
internal sealed class PrivateDirectory : IDisposable
{
    private readonly string _path;

    private PrivateDirectory(string path) => _path = path;

    public static PrivateDirectory Create(CliEnvironment environment)
    {
        var runtime = environment.GetVariable("XDG_RUNTIME_DIR");
        var path = Path.Combine(Directory.Exists(runtime) ? runtime : Path.GetTempPath(), $"commctl-{Guid.NewGuid():N}");
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new PrivateDirectory(path);
    }

    public string WriteFile(string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(_path, name);
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(content);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(_path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Another process deleted it, for example at the end of the login session.
        }
    }
}
