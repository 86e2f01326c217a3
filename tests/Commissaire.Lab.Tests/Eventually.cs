using System.Net;
using System.Net.Sockets;

namespace Commissaire.Lab.Tests;

/// <summary>Waits for conditions, and fails at the limit.</summary>
internal static class Eventually
{
    public static Task True(Func<bool> condition, string description) => True(() => Task.FromResult(condition()), description);

    public static async Task True(Func<Task<bool>> condition, string description)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var limit = new CancellationTokenSource(WaitLimit.Value);
        while (!await condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Not within {WaitLimit.Value.TotalMinutes} minutes: {description}.");
            }
        }
    }

    /// <summary>Connects to a port and returns its first four bytes: null if it refuses, empty if it closes the connection.</summary>
    public static async Task<string?> Greeting(IPEndPoint endpoint)
    {
        using var limit = new CancellationTokenSource(WaitLimit.Value);
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(endpoint, limit.Token);
            var buffer = new byte[4];
            var read = await client.GetStream().ReadAsync(buffer, limit.Token);
            return System.Text.Encoding.ASCII.GetString(buffer, 0, read);
        }
        catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused)
        {
            return null;
        }
        catch (Exception reset) when (reset is SocketException or IOException)
        {
            return "";
        }
    }
}
