using System.Text;

namespace Commissaire.Invocation;

/// <summary>Reads and writes the files named on the command line. The path <c>-</c> is standard input.</summary>
internal static class Files
{
    /// <summary>The maximum size of a file. Servers accept no larger body.</summary>
    public const int MaxSize = 1024 * 1024;

    /// <summary>Replaces the <c>~/</c> at the start of a configured path.</summary>
    public static string Expand(string path, CliEnvironment environment) =>
        path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(environment.Home, path[2..]) : path;

    /// <summary>Opens a file of bounded size.</summary>
    public static Stream OpenRead(string path) => new BoundedStream(File.OpenRead(path), MaxSize);

    /// <summary>Reads a file as bytes.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static byte[] ReadBytes(string argument, string path, CliEnvironment environment) => Open(argument, path, environment, input =>
    {
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        return bytes.ToArray();
    });

    /// <summary>Reads a file as UTF-8 text.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static string ReadText(string argument, string path, CliEnvironment environment) =>
        Encoding.UTF8.GetString(ReadBytes(argument, path, environment));

    /// <summary>Reads the first line of a file: a password or a token.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static string ReadFirstLine(string argument, string path, CliEnvironment environment) =>
        Open(argument, path, environment, input => new StreamReader(input).ReadLine() ?? "");

    /// <summary>Writes or replaces a file that only its owner can read.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void WritePrivate(string argument, string path, ReadOnlySpan<byte> content)
    {
        try
        {
            const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(
                path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = ownerOnly });
            // An existing file keeps its mode until here. Make it private before the secrets are written.
            File.SetUnixFileMode(file.SafeFileHandle, ownerOnly);
            file.SetLength(0);
            file.Write(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"argument {argument}: can't write '{path}': {e.Message}");
        }
    }

    private static T Open<T>(string argument, string path, CliEnvironment environment, Func<Stream, T> read)
    {
        try
        {
            using var input = path == "-" ? new BoundedStream(environment.OpenInput(), MaxSize) : OpenRead(path);
            return read(input);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"argument {argument}: can't open '{path}': {e.Message}");
        }
    }
}
