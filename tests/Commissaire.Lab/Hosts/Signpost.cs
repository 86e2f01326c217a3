namespace Commissaire.Lab.Hosts;

/// <summary>Lets tasks wait until a condition holds.</summary>
internal sealed class Signpost
{
    private TaskCompletionSource next = Fresh();

    /// <summary>Makes every waiting task check its condition again.</summary>
    public void Changed() => Interlocked.Exchange(ref next, Fresh()).SetResult();

    /// <summary>Completes once the condition holds.</summary>
    public async Task When(Func<bool> so, CancellationToken ct)
    {
        while (true)
        {
            var change = Volatile.Read(ref next).Task;
            if (so())
            {
                return;
            }

            await change.WaitAsync(ct);
        }
    }

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
