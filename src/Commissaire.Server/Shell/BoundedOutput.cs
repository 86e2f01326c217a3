using System.Text;

namespace Commissaire.Shell;

/// <summary>Keeps the start and the end of a text: results come first, errors come last.</summary>
internal sealed class BoundedOutput
{
    private const int ChunkBytes = 16 * 1024;
    private const int HeadChunks = 24;
    private const int TailChunks = 8;

    // The head, then the tail; all but the last are full.
    private readonly List<byte[]> _chunks = [];
    private int _usedOfLast = ChunkBytes;
    private bool _truncated;

    /// <summary>The text, with an ellipsis in place of the part that was dropped.</summary>
    public string Text() => _truncated
        ? $"{Decode(_chunks.Take(HeadChunks))}\n…\n{Decode(_chunks.Skip(HeadChunks))}"
        : Decode(_chunks);

    public void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_usedOfLast == ChunkBytes)
            {
                AddChunk();
            }

            var taken = Math.Min(buffer.Length, ChunkBytes - _usedOfLast);
            buffer[..taken].CopyTo(_chunks[^1].AsSpan(_usedOfLast));
            _usedOfLast += taken;
            buffer = buffer[taken..];
        }
    }

    // The oldest chunk of a full tail becomes the newest, so that a long output causes no garbage.
    private void AddChunk()
    {
        if (_chunks.Count < HeadChunks + TailChunks)
        {
            _chunks.Add(new byte[ChunkBytes]);
        }
        else
        {
            _chunks.Add(_chunks[HeadChunks]);
            _chunks.RemoveAt(HeadChunks);
            _truncated = true;
        }

        _usedOfLast = 0;
    }

    private string Decode(IEnumerable<byte[]> chunks)
    {
        var bytes = new MemoryStream();
        foreach (var chunk in chunks)
        {
            bytes.Write(chunk, 0, ReferenceEquals(chunk, _chunks[^1]) ? _usedOfLast : ChunkBytes);
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
