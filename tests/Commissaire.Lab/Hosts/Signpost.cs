namespace Commissaire.Lab.Hosts;

/// <summary>Where those wait who want to see something become so.</summary>
internal sealed class Signpost
{
    private TaskCompletionSource next = Fresh();

    /// <summary>Lets all who wait look again.</summary>
    public void Changed() => Interlocked.Exchange(ref next, Fresh()).SetResult();

    /// <summary>Completes when it is so, now or after a change.</summary>
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
