using System.Net;
using System.Net.Sockets;

namespace Commissaire.Acceptance.Tests;

/// <summary>Ports for servers.</summary>
public static class Ports
{
    private static int last = Random.Shared.Next(20000, 30000);

    /// <summary>One that nobody listens on. It is below those that the kernel hands out, so that nobody gets it before the server does, or while that is being started again.</summary>
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
                // Taken: the next one.
            }
        }
    }
}
