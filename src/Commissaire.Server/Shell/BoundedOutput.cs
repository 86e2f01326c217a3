using System.Text;

namespace Commissaire.Shell;

/// <summary>
/// What a command prints, as it arrives. Each stream keeps at most 512 KiB, its start and its end; <see cref="TooMuch"/> completes when
/// both together exceed <see cref="MaxBytes"/>.
/// </summary>
internal sealed class CommandOutput
{
    /// <summary>A command that prints more is ended.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    private readonly TaskCompletionSource _tooMuch = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _received;

    public CommandOutput() => (Standard, Error) = (new BoundedOutput(Count), new BoundedOutput(Count));

    public BoundedOutput Standard { get; }

    public BoundedOutput Error { get; }

    /// <summary>Completes when the command has printed too much. What it prints afterwards is dropped.</summary>
    public Task TooMuch => _tooMuch.Task;

    private bool Count(int bytes)
    {
        if (Interlocked.Add(ref _received, bytes) <= MaxBytes)
        {
            return true;
        }

        _tooMuch.TrySetResult();
        return false;
    }
}

/// <summary>Keeps the start and the end of a stream: results come first, errors come last. Drops bytes that it may not take.</summary>
internal sealed class BoundedOutput(Func<int, bool> mayTake) : Stream
{
    private const int ChunkBytes = 16 * 1024;
    private const int HeadChunks = 24;
    private const int TailChunks = 8;

    // The head, then the tail; all but the last are full.
    private readonly List<byte[]> _chunks = [];
    private int _usedOfLast = ChunkBytes;
    private bool _truncated;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The text, with an ellipsis in place of the part that was dropped. Call it once the command has ended.</summary>
    public string Text() => _truncated
        ? $"{Decode(_chunks.Take(HeadChunks))}\n…\n{Decode(_chunks.Skip(HeadChunks))}"
        : Decode(_chunks);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!mayTake(buffer.Length))
        {
            return;
        }

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

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

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
