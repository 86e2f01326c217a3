using Commissaire.Lab;

namespace Commissaire.Acceptance.Tests;

/// <summary>Waits for conditions, and fails at the limit.</summary>
public static class Eventually
{
    /// <summary>Reads a value until it matches, and returns it.</summary>
    public static async Task<T> Matches<T>(Func<Task<T>> read, Func<T, bool> condition, string description)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(WaitLimit.Value);
        while (true)
        {
            var seen = await read();
            if (condition(seen))
            {
                return seen;
            }

            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Not within {WaitLimit.Value.TotalMinutes} minutes: {description}. Last seen: {seen}");
            }
        }
    }

    public static Task True(Func<bool> condition, string description) =>
        Matches(() => Task.FromResult(condition()), value => value, description);
}
