namespace Commissaire.Shell;

/// <summary>How long a host may send nothing before its connection counts as lost, although it was never closed.</summary>
/// <param name="Start">Until the command begins.</param>
/// <param name="Silence">While the command runs; null if the host sends no heartbeats.</param>
internal sealed record AnswerLimits(TimeSpan Start, TimeSpan? Silence)
{
    /// <summary>Completes when the host exceeded a limit; never if the command ends before, which cancels <paramref name="ct"/>.</summary>
    public async Task Exceeded(CommandOutput output, TimeProvider clock, CancellationToken ct)
    {
        while (!output.HasBegun && output.Silence < Start)
        {
            await Task.WhenAny(output.Began, Task.Delay(Start - output.Silence, clock, ct));
            ct.ThrowIfCancellationRequested();
        }

        while (output.HasBegun && (Silence is null || output.Silence < Silence))
        {
            await Task.Delay(Silence - output.Silence ?? Timeout.InfiniteTimeSpan, clock, ct);
        }
    }
}
