using System.Net;
using System.Net.Sockets;

namespace Commissaire.Lab.Tests;

/// <summary>Waits for what must come true, and fails when it does not in time.</summary>
internal static class Eventually
{
    public static Task True(Func<bool> so, string what) => True(() => Task.FromResult(so()), what);

    public static async Task True(Func<Task<bool>> so, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var patience = new CancellationTokenSource(WaitLimit.Value);
        while (!await so())
        {
            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Not within {WaitLimit.Value.TotalMinutes} minutes: {what}.");
            }
        }
    }

    /// <summary>What a port does with those who come: null when it refuses, otherwise what it says first, empty when it hangs up.</summary>
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
