using System.Net;
using System.Net.Sockets;

namespace Commissaire.Lab.Tests;

/// <summary>Waits for what must come true, and fails when it does not in time.</summary>
internal static class Eventually
{
    public static TimeSpan Timeout { get; } = TimeSpan.FromSeconds(30);

    public static async Task True(Func<bool> so, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        using var patience = new CancellationTokenSource(Timeout);
        while (!so())
        {
            try
            {
                await timer.WaitForNextTickAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"not within {Timeout.TotalSeconds} s: {what}");
            }
        }
    }

    /// <summary>What a port does with those who come: null when it refuses, otherwise what it says first, empty when it hangs up.</summary>
    public static async Task<string?> Greeting(IPEndPoint endpoint, CancellationToken ct)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(endpoint, ct);
            var buffer = new byte[4];
            var read = await client.GetStream().ReadAsync(buffer, ct);
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
