using System.Globalization;
using System.Text;

namespace Commissaire.Shell;

/// <summary>
/// One output stream of a framed command: recognises the markers of <see cref="CommandFrame"/> wherever they are, and keeps apart what the
/// host printed before the command, what <c>sudo</c> printed, and the output. What follows the end of the command is dropped.
/// </summary>
internal sealed class FramedOutput(CommandFrame frame, Func<int, bool> mayTake) : WriteOnlyStream
{
    // The longest marker is "end", an exit status and a boot ID.
    private const int MaxMarker = 64;

    private readonly Lock _lock = new();
    private readonly byte[] _prefix = Encoding.ASCII.GetBytes(frame.Prefix);
    private readonly bool _sudo = frame.Sudo;
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BoundedOutput _login = new();
    private readonly BoundedOutput _sudoText = new();
    private readonly BoundedOutput _output = new();
    private BoundedOutput? _current;
    private byte[] _held = [];

    /// <summary>Completes when the shell started.</summary>
    public Task Began => _began.Task;

    /// <summary>Completes when the command ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whether the command became root.</summary>
    public bool IsRoot { get; private set; }

    /// <summary>The exit status of the command; null before its end.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>The boot ID of the host when the command ended; null if the host sent none.</summary>
    public string? BootId { get; private set; }

    public string LoginText => Read(_login);

    public string SudoText => Read(_sudoText);

    public string Text => Read(_output);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            if (mayTake(buffer.Length) && !_ended.Task.IsCompleted)
            {
                _current ??= _login;
                byte[] joined = [.. _held, .. buffer];
                Scan(joined);
            }
        }
    }

    private string Read(BoundedOutput part)
    {
        lock (_lock)
        {
            return part.Text() + (ReferenceEquals(part, _current) ? Encoding.UTF8.GetString(_held) : "");
        }
    }

    // Holds back what may be the start of a marker until more arrives.
    private void Scan(ReadOnlySpan<byte> data)
    {
        _held = [];
        while (!_ended.Task.IsCompleted)
        {
            var at = data.IndexOf(_prefix);
            if (at < 0)
            {
                at = data.Length - PartOfPrefix(data);
                _current!.Write(data[..at]);
                _held = data[at..].ToArray();
                return;
            }

            _current!.Write(data[..at]);
            var rest = data[(at + _prefix.Length)..];
            var length = rest.IndexOf((byte)'\n');
            if (length < 0 && rest.Length <= MaxMarker)
            {
                _held = data[at..].ToArray();
                return;
            }

            if (length is < 0 or > MaxMarker)
            {
                _current.Write(_prefix);
                data = rest;
                continue;
            }

            OnMarker(Encoding.ASCII.GetString(rest[..length]).Split(' '));
            data = rest[(length + 1)..];
        }
    }

    private void OnMarker(string[] words)
    {
        switch (words)
        {
            case [CommandFrame.Begin] when !_began.Task.IsCompleted:
                _current = _sudo ? _sudoText : _output;
                _began.TrySetResult();
                break;
            case [CommandFrame.Root] when _sudo && _began.Task.IsCompleted:
                (_current, IsRoot) = (_output, true);
                break;
            case [CommandFrame.End, var status, .. var boot]
                when _began.Task.IsCompleted && int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var code):
                (ExitCode, BootId) = (code, boot is [var id] && Guid.TryParseExact(id, "D", out var guid) ? guid.ToString("D") : null);
                _ended.TrySetResult();
                break;
        }
    }

    private int PartOfPrefix(ReadOnlySpan<byte> data)
    {
        for (var length = Math.Min(data.Length, _prefix.Length - 1); length > 0; length--)
        {
            if (data.EndsWith(_prefix.AsSpan(0, length)))
            {
                return length;
            }
        }

        return 0;
    }
}

/// <summary>A stream that takes bytes as they arrive, and cannot be read.</summary>
internal abstract class WriteOnlyStream : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public abstract override void Write(ReadOnlySpan<byte> buffer);

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
