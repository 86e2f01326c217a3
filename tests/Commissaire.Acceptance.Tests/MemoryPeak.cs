using System.Globalization;

namespace Commissaire.Acceptance.Tests;

/// <summary>The highest resident memory of a process, from its creation on.</summary>
internal sealed class MemoryPeak : IAsyncDisposable
{
    private readonly CancellationTokenSource end = new();
    private readonly string status;
    private readonly long before;
    private readonly Task sampling;
    private long peak;

    public MemoryPeak(int processId)
    {
        status = string.Create(CultureInfo.InvariantCulture, $"/proc/{processId}/status");
        before = peak = ResidentKiB();
        sampling = Sample();
    }

    /// <summary>How much more memory it had at most than at the start, in MiB.</summary>
    public long GrowthMiB => (Volatile.Read(ref peak) - before) / 1024;

    public override string ToString() => $"{before / 1024} MiB at first, {Volatile.Read(ref peak) / 1024} MiB at most";

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        await sampling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Dispose();
    }

    private async Task Sample()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (await timer.WaitForNextTickAsync(end.Token))
        {
            Volatile.Write(ref peak, Math.Max(peak, ResidentKiB()));
        }
    }

    private long ResidentKiB() => long.Parse(
        File.ReadLines(status).Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(
            ' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
