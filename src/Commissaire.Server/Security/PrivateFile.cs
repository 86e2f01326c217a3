namespace Commissaire.Security;

/// <summary>Files and directories that only their owner can read, whatever the umask.</summary>
internal static class PrivateFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnly | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Creates a directory. Does not change an existing one: it may be a mount, or somebody else's.</summary>
    public static void CreateDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, OwnerOnlyDirectory);
            File.SetUnixFileMode(path, OwnerOnlyDirectory);
        }
    }

    /// <summary>Creates a file atomically: after a crash it is complete or missing. Not safe for concurrent use.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = Open(temporary, FileMode.CreateNew, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: false);
    }

    /// <summary>Opens a file for writing, and makes it private if it is not.</summary>
    public static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = mode,
            Access = FileAccess.ReadWrite,
            Share = share,

            // .NET rejects it for modes that create nothing.
            UnixCreateMode = mode == FileMode.Open ? null : OwnerOnly,
        });
        try
        {
            if (File.GetUnixFileMode(file.SafeFileHandle) != OwnerOnly)
            {
                File.SetUnixFileMode(file.SafeFileHandle, OwnerOnly);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Makes a file private if it exists.</summary>
    public static void Protect(string path)
    {
        if (File.Exists(path) && File.GetUnixFileMode(path) != OwnerOnly)
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }

    /// <summary>The warning if others can read a secret file or its group can replace it; null if it is private enough.</summary>
    /// <exception cref="StartupException">Everybody can replace the file.</exception>
    public static string? WarningOf(string setting, string path)
    {
        var mode = File.Exists(path) ? File.GetUnixFileMode(path) : UnixFileMode.None;
        return (mode & UnixFileMode.OtherWrite) != 0
            ? throw new StartupException($"{setting}: every user can write '{path}'. Run: chmod 600 '{path}'")
            : (mode & (UnixFileMode.OtherRead | UnixFileMode.GroupWrite)) != 0
                ? $"{setting}: other users can read or write '{path}'. Run: chmod 600 '{path}'"
                : null;
    }

    /// <summary>The warning if others can enter the data directory; null if not.</summary>
    public static string? WarningOfDirectory(string path) =>
        Directory.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0
            ? $"data_dir: other users can enter '{path}'. Run: chmod 700 '{path}'"
            : null;
}
