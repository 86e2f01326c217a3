namespace Commissaire.Lab;

/// <summary>The longest that tests wait for a condition. A busy machine stays far below it; only a hang reaches it.</summary>
public static class WaitLimit
{
    /// <summary>The limit.</summary>
    public static TimeSpan Value { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Waits for a task, and fails with what was expected if it does not complete.</summary>
    public static async Task Apply(Func<CancellationToken, Task> wait, string expected, CancellationToken ct = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Value);
        try
        {
            await wait(limit.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new LabException($"Not within {Value.TotalMinutes} minutes: {expected}.", e);
        }
    }
}
