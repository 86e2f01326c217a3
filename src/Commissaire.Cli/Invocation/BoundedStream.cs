namespace Commissaire.Invocation;

/// <summary>Reads at most a number of bytes of another stream, or of each of its lines: the stream may be endless.</summary>
internal sealed class BoundedStream(Stream inner, long maxLength, bool ofEachLine = false) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">The other stream is too long.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var length = inner.Read(buffer, offset, count);
        Count(buffer.AsSpan(offset, length));
        return length;
    }

    /// <exception cref="IOException">The other stream is too long.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var length = await inner.ReadAsync(buffer, cancellationToken);
        Count(buffer.Span[..length]);
        return length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Count(ReadOnlySpan<byte> read)
    {
        var end = ofEachLine ? read.LastIndexOf((byte)'\n') : -1;
        _read = end < 0 ? _read + read.Length : read.Length - end - 1;
        if (_read > maxLength)
        {
            throw new IOException($"{(ofEachLine ? "A line" : "It")} is larger than {maxLength} bytes.");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
