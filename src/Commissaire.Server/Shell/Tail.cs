using System.Text;

namespace Commissaire.Shell;

/// <summary>Reads a stream to its end and keeps a bounded part of it: what comes first, where facts are, and what comes last, where errors are.</summary>
internal static class Tail
{
    private const int Head = 64 * 1024;
    private const int End = 16 * 1024;

    /// <summary>The text of a stream, with the middle left out when it is long.</summary>
    public static async Task<string> Of(Stream stream)
    {
        var buffer = new byte[8192];
        var kept = new MemoryStream();
        var rest = new Queue<byte>();
        var skipped = false;
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            var first = Math.Min(read, Head - (int)kept.Length);
            kept.Write(buffer, 0, first);
            for (var i = first; i < read; i++)
            {
                rest.Enqueue(buffer[i]);
                skipped |= rest.Count > End;
                if (rest.Count > End)
                {
                    rest.Dequeue();
                }
            }
        }

        return Encoding.UTF8.GetString(kept.ToArray()) + (skipped ? "\n…\n" : "") + Encoding.UTF8.GetString([.. rest]);
    }
}
