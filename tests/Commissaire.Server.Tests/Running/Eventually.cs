namespace Commissaire.Server.Tests.Running;

/// <summary>Waits for a condition, and fails after a timeout.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static Task True(Func<bool> condition, string what) => Is(() => Task.FromResult(condition()), holds => holds, what);

    public static async Task<T> Is<T>(Func<Task<T>> look, Func<T, bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var timeout = new CancellationTokenSource(Timeout);
        while (true)
        {
            var seen = await look();
            if (condition(seen))
            {
                return seen;
            }

            try
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not within {Timeout.TotalSeconds} s: {what}; last seen: {seen}");
            }
        }
    }
}
