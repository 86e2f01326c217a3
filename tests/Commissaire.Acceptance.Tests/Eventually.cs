using Commissaire.Lab;

namespace Commissaire.Acceptance.Tests;

/// <summary>Waits for what must come true, and fails when it does not in time.</summary>
public static class Eventually
{
    /// <summary>What <paramref name="look"/> sees, once it is as it should be.</summary>
    public static async Task<T> Matches<T>(Func<Task<T>> look, Func<T, bool> so, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var patience = new CancellationTokenSource(WaitLimit.Value);
        while (true)
        {
            var seen = await look();
            if (so(seen))
            {
                return seen;
            }

            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Not within {WaitLimit.Value.TotalMinutes} minutes: {what}. Last seen: {seen}");
            }
        }
    }

    public static Task True(Func<bool> so, string what) => Matches(() => Task.FromResult(so()), is_ => is_, what);
}
