using System.Text;

namespace Commissaire.Shell;

/// <summary>Reads output, and drops the middle if it is long: results come first, errors come last.</summary>
internal static class BoundedOutput
{
    private const int MaxHead = 64 * 1024;
    private const int MaxTail = 16 * 1024;

    /// <summary>Reads a stream to its end, and replaces the middle of a long text with an ellipsis.</summary>
    public static async Task<string> Read(Stream stream)
    {
        var buffer = new byte[8192];
        var head = new MemoryStream();
        var tail = new Queue<byte>();
        var truncated = false;
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0)
        {
            var headBytes = Math.Min(read, MaxHead - (int)head.Length);
            head.Write(buffer, 0, headBytes);
            for (var i = headBytes; i < read; i++)
            {
                tail.Enqueue(buffer[i]);
                if (tail.Count > MaxTail)
                {
                    tail.Dequeue();
                    truncated = true;
                }
            }
        }

        return Encoding.UTF8.GetString(head.ToArray()) + (truncated ? "\n…\n" : "") + Encoding.UTF8.GetString([.. tail]);
    }
}
