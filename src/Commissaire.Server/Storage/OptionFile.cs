using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Commissaire.Storage;

/// <summary>
/// Reads files that an option or setting names: regular files of bounded size. A device may be endless, and opening a named pipe waits for
/// its writer.
/// </summary>
internal static class OptionFile
{
    /// <summary>The maximum size of a file, in bytes, unless the caller allows more.</summary>
    public const int MaxSize = 1024 * 1024;

    private const int Regular = 0x8000;
    private const int Directory = 0x4000;
    private const int Socket = 0xC000;

    /// <summary>Reads a file of at most <paramref name="maxSize"/> bytes.</summary>
    /// <exception cref="IOException">The file is missing, not regular or too large, or cannot be read.</exception>
    public static byte[] Read(string path, int maxSize = MaxSize)
    {
        // A directory cannot be opened, which tells why; neither can what is not there.
        if (TypeOf(path) is not (null or Regular or Directory))
        {
            throw new IOException($"'{path}' is not a regular file.");
        }

        using var file = File.OpenRead(path);
        return Read(file, $"'{path}'", maxSize);
    }

    /// <summary>Reads a stream of bounded size. Some files tell no size, and some grow.</summary>
    /// <exception cref="IOException">The stream is too long or cannot be read.</exception>
    public static byte[] Read(Stream stream, string name, int maxSize = MaxSize)
    {
        var buffer = new byte[maxSize + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= maxSize ? buffer[..length] : throw new IOException($"{name} is larger than {maxSize} bytes.");
    }

    /// <summary>Whether a path leads to a Unix domain socket.</summary>
    public static bool IsSocket(string path) => TypeOf(path) == Socket;

    // The type in the mode of what the path leads to; null if there is nothing.
    private static int? TypeOf(string path)
    {
        const int CurrentDirectory = -100;
        const int TypeMask = 0xF000;
        const int ModeOffset = 28;
        var status = new byte[256];
        return Statx(CurrentDirectory, Encoding.UTF8.GetBytes(path + '\0'), 0, 1, status) == 0
            ? BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeOffset)) & TypeMask
            : null;
    }

    // .NET does not tell the type of a file before it opens it. The result has the same layout on every processor (man 2 statx).
    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, byte[] path, int flags, uint mask, byte[] status);
}
