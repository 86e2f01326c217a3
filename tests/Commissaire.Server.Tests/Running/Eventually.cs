using Commissaire.Lab;

namespace Commissaire.Server.Tests.Running;

/// <summary>Waits for a condition, and fails after a timeout.</summary>
internal static class Eventually
{
    public static Task True(Func<bool> so, string what) => Is(() => Task.FromResult(so()), is_ => is_, what);

    public static async Task<T> Is<T>(Func<Task<T>> look, Func<T, bool> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var timeout = new CancellationTokenSource(WaitLimit.Value);
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
                Assert.Fail($"Not within {WaitLimit.Value.TotalMinutes} minutes: {what}. Last seen: {seen}");
            }
        }
    }
}
