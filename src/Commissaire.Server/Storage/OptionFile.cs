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
    /// <summary>The maximum size of a file, in bytes.</summary>
    public const int MaxSize = 1024 * 1024;

    /// <summary>Reads a file.</summary>
    /// <exception cref="IOException">The file is missing, not regular or too large, or cannot be read.</exception>
    public static byte[] Read(string path)
    {
        if (IsSpecial(path))
        {
            throw new IOException($"'{path}' is not a regular file.");
        }

        using var file = File.OpenRead(path);
        return Read(file, $"'{path}'");
    }

    /// <summary>Reads a stream of bounded size. Some files tell no size, and some grow.</summary>
    /// <exception cref="IOException">The stream is too long or cannot be read.</exception>
    public static byte[] Read(Stream stream, string name)
    {
        var buffer = new byte[MaxSize + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= MaxSize ? buffer[..length] : throw new IOException($"{name} is larger than {MaxSize} bytes.");
    }

    // Whether a path leads to something that is neither a regular file nor a directory, which cannot be opened anyway. False if there is
    // nothing: opening it tells why.
    private static bool IsSpecial(string path)
    {
        const int CurrentDirectory = -100;
        const int TypeMask = 0xF000;
        const int Regular = 0x8000;
        const int Directory = 0x4000;
        const int ModeOffset = 28;
        var status = new byte[256];
        return Statx(CurrentDirectory, Encoding.UTF8.GetBytes(path + '\0'), 0, 1, status) == 0
            && (BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(ModeOffset)) & TypeMask) is not (Regular or Directory);
    }

    // .NET does not tell the type of a file before it opens it. The result has the same layout on every processor (man 2 statx).
    [DllImport("libc", EntryPoint = "statx")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Statx(int directory, byte[] path, int flags, uint mask, byte[] status);
}
