using System.Net;
using System.Net.Sockets;
using Commissaire.Invocation;

namespace Commissaire.Hosts;

/// <summary>Addresses of hosts on the command line.</summary>
internal static class Addresses
{
    /// <summary>The address of a host: itself, or what its name resolves to, IPv4 first, for hosts have been known by that since 2017.</summary>
    /// <exception cref="CommandFailure">The name does not resolve.</exception>
    public static async Task<string> Resolve(string text, CancellationToken ct)
    {
        if (IPAddress.TryParse(text, out _))
        {
            return text;
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(text, ct);
            return (addresses.FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0]).ToString();
        }
        catch (Exception e) when (e is SocketException or ArgumentException or IndexOutOfRangeException)
        {
            throw new CommandFailure($"argument address: {text}: {(e is SocketException ? e.Message : "not a host name")}");
        }
    }
}
