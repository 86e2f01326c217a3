using Commissaire.Invocation;

namespace Commissaire.Hosts.Ssh;

/// <summary>A folder that only its owner can look into, and that goes with its contents: in memory where the system has a place for that.</summary>
internal sealed class PrivateFolder : IDisposable
{
    private readonly string _path;

    private PrivateFolder(string path) => _path = path;

    /// <summary>Makes one.</summary>
    public static PrivateFolder Make(Surroundings world)
    {
        var parent = world.Variable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime && Directory.Exists(runtime) ? runtime : Path.GetTempPath();
        var path = Path.Combine(parent, $"commctl-{Guid.NewGuid():N}");
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new PrivateFolder(path);
    }

    /// <summary>Puts a file into it; its path.</summary>
    public string Add(string name, ReadOnlySpan<byte> content)
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

    /// <inheritdoc />
    public void Dispose()
    {
        try
        {
            Directory.Delete(_path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody tidied up before us.
        }
    }
}
