using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Controllers;

/// <summary>Runs all controllers repeatedly while the API is up.</summary>
internal sealed class ControllerLoop : IAsyncDisposable
{
    private readonly CancellationTokenSource ends = new();
    private readonly Task loop;

    public ControllerLoop(Store store, Time time, TimeSpan lag, Func<bool> up, params Action[] controllers) =>
        loop = Task.Run(() => Run(store, time, lag, up, controllers, ends.Token));

    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await loop;
        ends.Dispose();
    }

    private static async Task Run(Store store, Time time, TimeSpan lag, Func<bool> up, Action[] controllers, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(lag);
        var (seen, looked) = (0L, DateTime.MinValue);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                lock (store.Guard)
                {
                    // Skip when nothing changed and no timeout can have passed: with hundreds of nodes a run is expensive.
                    if (!up() || (store.Revision == seen && time.Now - looked < time.Seconds(0.5)))
                    {
                        continue;
                    }

                    foreach (var controller in controllers)
                    {
                        controller();
                    }

                    (seen, looked) = (store.Revision, time.Now);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The cluster is disposed.
        }
    }
}
