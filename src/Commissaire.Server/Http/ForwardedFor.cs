using System.Net;

namespace Commissaire.Http;

/// <summary>Who is at the other end: the peer, or whom a trusted proxy says it speaks for.</summary>
/// <param name="Proxies">Where the proxies are whose <c>X-Forwarded-For</c> is believed.</param>
internal sealed record ForwardedFor(IReadOnlyCollection<IPNetwork> Proxies)
{
    /// <summary>The address of who sent a request; null when there is no network under it.</summary>
    public IPAddress? Peer(HttpContext context)
    {
        var peer = Plain(context.Connection.RemoteIpAddress);
        foreach (var hop in context.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            if (peer is null || !Proxies.Any(p => p.Contains(peer)) || !IPAddress.TryParse(hop, out var before))
            {
                break;
            }

            peer = Plain(before);
        }

        return peer;
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
