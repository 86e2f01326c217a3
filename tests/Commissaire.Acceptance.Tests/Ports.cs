using System.Globalization;
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

    /// <summary>Returns the TCP ports on which a process listens.</summary>
    public static IReadOnlyList<int> Of(int processId)
    {
        const string Listening = "0A";
        var sockets = Directory.GetFiles($"/proc/{processId}/fd").Select(fd => new FileInfo(fd).LinkTarget).ToHashSet();
        return
        [
            .. new[] { "tcp", "tcp6" }.SelectMany(kind => File.ReadLines($"/proc/{processId}/net/{kind}").Skip(1))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(socket => socket[3] == Listening && sockets.Contains($"socket:[{socket[9]}]"))
                .Select(socket => int.Parse(socket[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        ];
    }
}
