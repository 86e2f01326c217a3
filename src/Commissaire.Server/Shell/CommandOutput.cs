namespace Commissaire.Shell;

/// <summary>
/// What a framed command prints, as it arrives. Each stream keeps at most 512 KiB, its start and its end; <see cref="TooMuch"/> completes
/// when both together exceed <see cref="MaxBytes"/>.
/// </summary>
internal sealed class CommandOutput
{
    /// <summary>A command that prints more is ended.</summary>
    public const long MaxBytes = 16 * 1024 * 1024;

    private readonly TaskCompletionSource _tooMuch = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _clock;
    private long _received;
    private long _lastReceived;

    public CommandOutput(CommandFrame frame, TimeProvider clock)
    {
        (_clock, _lastReceived) = (clock, clock.GetTimestamp());
        (Standard, Error) = (new FramedOutput(frame, Count), new FramedOutput(frame, Count));
        Began = Task.WhenAny(Standard.Began, Error.Began);
        Ended = Task.WhenAll(Standard.Ended, Error.Ended);
    }

    public FramedOutput Standard { get; }

    public FramedOutput Error { get; }

    /// <summary>Completes soon after the host started the command.</summary>
    public Task Began { get; }

    /// <summary>Whether the host started the command.</summary>
    public bool HasBegun => Standard.Began.IsCompleted || Error.Began.IsCompleted;

    /// <summary>Completes soon after the command ended, even if a process that it started still holds its output open.</summary>
    public Task Ended { get; }

    /// <summary>Whether the command ended.</summary>
    public bool HasEnded => Standard.Ended.IsCompleted && Error.Ended.IsCompleted;

    /// <summary>Completes when the command has printed too much. What it prints afterwards is dropped.</summary>
    public Task TooMuch => _tooMuch.Task;

    /// <summary>How long the host has sent nothing.</summary>
    public TimeSpan Silence => _clock.GetElapsedTime(Interlocked.Read(ref _lastReceived));

    /// <summary>The output of the command until now: both streams, one after the other.</summary>
    public string Text => $"{Standard.Text}\n{Error.Text}".Trim();

    /// <summary>The text that came before the command: of login scripts, of a forced command, of a shell that is none.</summary>
    public string LoginText => $"{Standard.LoginText}\n{Error.LoginText}".Trim();

    /// <summary>The text that <c>sudo</c> printed.</summary>
    public string SudoText => $"{Error.SudoText}\n{Standard.SudoText}".Trim();

    private bool Count(int bytes)
    {
        Interlocked.Exchange(ref _lastReceived, _clock.GetTimestamp());
        if (Interlocked.Add(ref _received, bytes) <= MaxBytes)
        {
            return true;
        }

        _tooMuch.TrySetResult();
        return false;
    }
}
