using System.Net;
using System.Net.Sockets;

namespace Commissaire.Lab.Hosts;

/// <summary>An address that takes connections only to reset them, as something half up does.</summary>
internal static class ConnectionResets
{
    public static async Task For(TimeSpan time, IPEndPoint endpoint, CancellationToken ct)
    {
        if (time <= TimeSpan.Zero)
        {
            return;
        }

        using var listener = new TcpListener(endpoint);
        listener.Start();
        using var until = CancellationTokenSource.CreateLinkedTokenSource(ct);
        until.CancelAfter(time);
        try
        {
            while (true)
            {
                using var connection = await listener.AcceptSocketAsync(until.Token);
                connection.LingerState = new LingerOption(enable: true, seconds: 0);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return;
        }
    }
}
