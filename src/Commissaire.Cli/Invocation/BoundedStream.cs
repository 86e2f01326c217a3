namespace Commissaire.Invocation;

/// <summary>Reads at most a number of bytes of another stream, which may be endless.</summary>
internal sealed class BoundedStream(Stream inner, long maxLength) : Stream
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
        _read += length;
        return _read <= maxLength ? length : throw new IOException($"It is larger than {maxLength} bytes.");
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
