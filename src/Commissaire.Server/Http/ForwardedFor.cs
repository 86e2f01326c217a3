using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Commissaire.Http;

/// <summary>Finds the client of a request that came through trusted proxies.</summary>
internal static class ForwardedFor
{
    private const string Header = "X-Forwarded-For";

    // ASP.NET stops at an entry that is no address.
    private const string Unknown = "unknown";

    /// <summary>
    /// Makes the last address in <c>X-Forwarded-For</c> that is no trusted proxy the client's address. If an entry before it is no address,
    /// the client's address is null: the proxy is not the client.
    /// </summary>
    public static void UseForwardedFor(this WebApplication app, ImmutableArray<System.Net.IPNetwork> proxies)
    {
        // With no known proxy at all, ASP.NET's middleware would trust every peer.
        if (proxies.IsEmpty)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in proxies)
        {
            options.KnownIPNetworks.Add(network);
        }

        app.Use((context, next) =>
        {
            if (context.Request.Headers.TryGetValue(Header, out var values))
            {
                var entries = values.SelectMany(v => (v ?? "").Split(',', StringSplitOptions.TrimEntries)).Where(e => e.Length > 0);
                context.Request.Headers[Header] = string.Join(", ", entries.Select(Address).DefaultIfEmpty(Unknown));
            }

            return next(context);
        });
        app.UseForwardedHeaders(options);
        app.Use((context, next) =>
        {
            // ASP.NET removes the entries it has used, so an entry is left behind a proxy only if it is no address.
            if (context.Request.Headers.ContainsKey(Header) && context.Connection.RemoteIpAddress is { } peer)
            {
                var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
                context.Connection.RemoteIpAddress = proxies.Any(p => p.Contains(address)) ? null : peer;
            }

            return next(context);
        });
    }

    /// <summary>
    /// The address in an entry, without quotes, brackets and port. Forms such as <c>127.1</c>, which
    /// <see cref="IPAddress"/> accepts, are no addresses.
    /// </summary>
    internal static string Address(string entry)
    {
        var bare = entry is ['"', .., '"'] ? entry[1..^1] : entry;
        var colon = bare.LastIndexOf(':');
        var hasPort = colon > 0 && colon < bare.Length - 1 && bare.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0
            && (bare[colon - 1] == ']' || bare.IndexOf(':', StringComparison.Ordinal) == colon);
        // A scope names an interface of the proxy.
        return !bare.Contains('%', StringComparison.Ordinal)
            && HostAddress.TryParse(hasPort ? bare[..colon] : bare, out var address) && IPAddress.TryParse(address.Value, out var ip)
            ? ip.ToString()
            : Unknown;
    }
}
