using System.Net;
using System.Net.Sockets;

namespace Commissaire.Acceptance.Tests;

/// <summary>Finds ports for servers.</summary>
public static class Ports
{
    private static int last = Random.Shared.Next(20000, 30000);

    /// <summary>Returns a free port below the ephemeral range, so that no connection takes it while the server is down.</summary>
    public static int Free()
    {
        while (true)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, Interlocked.Increment(ref last));
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // The port is taken: try the next one.
            }
        }
    }
}
