using System.Text;
using Commissaire.Storage;

namespace Commissaire.Import;

/// <summary>Reads the files of an import.</summary>
internal static class ImportFile
{
    /// <summary>The maximum size of a source, in bytes: more than 100,000 hosts need.</summary>
    public const int MaxSize = 64 * 1024 * 1024;

    /// <summary>Reads a file that an option names, as bytes.</summary>
    /// <exception cref="StartupException">The file cannot be read.</exception>
    public static byte[] Read(string option, string path, int maxSize = MaxSize)
    {
        try
        {
            return OptionFile.Read(path, maxSize);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartupException($"{option}: cannot read '{path}': {e.Message}");
        }
    }

    /// <summary>Reads a file that an option names, as UTF-8 text.</summary>
    /// <exception cref="StartupException">The file cannot be read.</exception>
    public static string ReadText(string option, string path) =>
        Encoding.UTF8.GetString(Read(option, path)).TrimStart('\uFEFF');
}
