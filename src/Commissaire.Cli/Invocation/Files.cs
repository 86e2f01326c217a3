using System.Text;

namespace Commissaire.Invocation;

/// <summary>Files that are named on the command line; <c>-</c> is standard input.</summary>
internal static class Files
{
    /// <summary>The bytes of a file.</summary>
    /// <exception cref="CommandFailure">It cannot be read.</exception>
    public static byte[] Bytes(string argument, string path, Surroundings world)
    {
        try
        {
            if (path != "-")
            {
                return File.ReadAllBytes(path);
            }

            using var input = world.Input();
            using var bytes = new MemoryStream();
            input.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"argument {argument}: can't open '{path}': {e.Message}");
        }
    }

    /// <summary>The text of a file.</summary>
    /// <exception cref="CommandFailure">It cannot be read.</exception>
    public static string Text(string argument, string path, Surroundings world) => Encoding.UTF8.GetString(Bytes(argument, path, world));

    /// <summary>Writes a file that only its owner may read, in place of the one that was there.</summary>
    /// <exception cref="CommandFailure">It cannot be written.</exception>
    public static void WritePrivate(string argument, string path, string text)
    {
        try
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            File.SetUnixFileMode(file.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"argument {argument}: can't write '{path}': {e.Message}");
        }
    }
}
