using System.Diagnostics;

namespace Commissaire.Lab.Hosts;

/// <summary>How a boot ended.</summary>
internal enum BootEnd
{
    Unplugged,
    Rebooting,
    PoweredOff,
    Crashed,
}

/// <summary>
/// One boot of a host: its namespaces and their processes. They end when the lab closes the pipe to their PID 1.
/// </summary>
internal sealed class HostBoot : IAsyncDisposable
{
    private readonly Process unshare;
    private readonly HostFiles files;
    private readonly CancellationTokenRegistration plug;

    private HostBoot(Process unshare, HostFiles files, long sshdLogBefore, CancellationToken unplugged)
    {
        this.unshare = unshare;
        this.files = files;
        SshdLogBefore = sshdLogBefore;
        Ended = End();
        plug = unplugged.Register(unshare.StandardInput.Close);
    }

    /// <summary>Completes when every process of this boot has ended.</summary>
    public Task<BootEnd> Ended { get; }

    /// <summary>The processes of this boot.</summary>
    public HostProcesses Processes => HostProcesses.Under(unshare.Id);

    /// <summary>The length of the sshd log when this boot started.</summary>
    public long SshdLogBefore { get; }

    /// <summary>The current length of the sshd log.</summary>
    public long SshdLogLength => new FileInfo(files.SshdLog).Length;

    /// <summary>Starts a boot. Cancelling <paramref name="unplugged"/> ends all its processes at once.</summary>
    public static HostBoot Launch(HostFiles files, CancellationToken unplugged)
    {
        var start = new ProcessStartInfo(
            "/usr/bin/setsid",
            ["/usr/bin/unshare", "--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child", "/bin/sh", "boot.sh", files.Path])
        {
            WorkingDirectory = files.Path,
            RedirectStandardInput = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/sbin:/usr/bin:/sbin:/bin";
        var logged = new FileInfo(files.SshdLog).Length;
        var process = Process.Start(start) ?? throw new LabException("unshare cannot be started.");
        return new HostBoot(process, files, logged, unplugged);
    }

    /// <summary>Waits until sshd logs, after the first <paramref name="said"/> bytes of its log, that it listens.</summary>
    public async Task Listening(long said, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(WaitLimit.Value);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!SshdListens(said))
        {
            if (Ended.IsCompleted && !ct.IsCancellationRequested)
            {
                throw Failure("ended while it booted");
            }

            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw Failure($"did not listen within {WaitLimit.Value.TotalMinutes} minutes");
            }
        }
    }

    /// <summary>Ends all its processes.</summary>
    public async ValueTask DisposeAsync()
    {
        await plug.DisposeAsync();
        unshare.StandardInput.Close();
        await Ended;
        unshare.Dispose();
    }

    private async Task<BootEnd> End()
    {
        await unshare.WaitForExitAsync();
        return unshare.ExitCode switch
        {
            0 => BootEnd.Unplugged,
            100 => BootEnd.Rebooting,
            101 => BootEnd.PoweredOff,
            _ => BootEnd.Crashed,
        };
    }

    private bool SshdListens(long said)
    {
        using var log = new FileStream(files.SshdLog, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        log.Position = said;
        using var reader = new StreamReader(log);
        return reader.ReadToEnd().Contains("Server listening on", StringComparison.Ordinal);
    }

    private LabException Failure(string what) =>
        new($"The host in {files.Path} {what}.\n{File.ReadAllText(files.LaunchLog)}\n{File.ReadAllText(files.SshdLog)}");
}
