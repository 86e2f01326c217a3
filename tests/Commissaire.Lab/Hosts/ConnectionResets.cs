using System.Net;
using System.Net.Sockets;

namespace Commissaire.Lab.Hosts;

/// <summary>Accepts connections and resets them, as a host does that is still booting.</summary>
internal static class ConnectionResets
{
    public static async Task Reset(int connections, IPEndPoint endpoint, CancellationToken ct)
    {
        if (connections == 0)
        {
            return;
        }

        using var listener = new TcpListener(endpoint);
        listener.Start();
        for (var i = 0; i < connections; i++)
        {
            using var connection = await listener.AcceptSocketAsync(ct);
            connection.LingerState = new LingerOption(enable: true, seconds: 0);
        }
    }
}
