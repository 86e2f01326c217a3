namespace Commissaire.Security;

/// <summary>Writes files that only their owner can read.</summary>
internal static class PrivateFile
{
    /// <summary>Creates a file atomically: after a crash it is complete or missing. Not safe for concurrent use.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: false);
    }
}
