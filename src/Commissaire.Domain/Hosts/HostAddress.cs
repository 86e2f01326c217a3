using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.RegularExpressions;

namespace Commissaire.Hosts;

/// <summary>
/// The address and ID of a host: an IPv4 address, an IPv6 address or a host name (RFC 1123, plus the underscore that the routes of 2017
/// allowed). It is normalized: host names in lower case, IPv6 addresses compressed and without brackets. A link-local IPv6 address may have
/// a scope (RFC 4007): the interface of the server that leads to the host.
/// </summary>
public readonly partial record struct HostAddress : IParsable<HostAddress>
{
    /// <summary>The format of an address, for messages.</summary>
    public const string Expectation = "a host name, an IPv4 address or an IPv6 address";

    private readonly string? _value;

    private HostAddress(string value) => _value = value;

    /// <summary>The normalized address.</summary>
    public string Value => _value ?? "";

    /// <summary>Parses an address.</summary>
    /// <exception cref="FormatException">The text is not a valid address.</exception>
    public static HostAddress Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var address) ? address
            : throw new FormatException($"'{s}' is not a valid address: expected {Expectation}.");

    /// <summary>Parses an address; returns false if the text is invalid.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out HostAddress result)
    {
        result = s is null ? default : new HostAddress(Normalize(s));
        return result.Value.Length > 0;
    }

    /// <summary>Parses an address; returns false if the text is invalid.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out HostAddress result) => TryParse(s, null, out result);

    /// <summary>Returns the address of a connection's peer. Only link-local addresses keep their scope: no other needs it.</summary>
    public static HostAddress Of(IPAddress peer)
    {
        var text = (peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer).ToString();
        return new(peer.IsIPv6LinkLocal ? text : text.Split('%')[0]);
    }

    /// <inheritdoc />
    public override string ToString() => Value;

    private static string Normalize(string text)
    {
        var bare = text is ['[', .., ']'] ? text[1..^1] : text;
        if (bare.Contains(':', StringComparison.Ordinal))
        {
            // IPAddress.Parse alone would also accept brackets and a port, and drops the scope if this machine has no such interface.
            var (address, scope) = bare.Split('%', 2) is [var before, var after] ? (before, after) : (bare, null);
            return !Ipv6Characters().IsMatch(address) || !IPAddress.TryParse(address, out var ipv6) ? ""
                : scope is null ? Of(ipv6).Value
                : ipv6.IsIPv6LinkLocal && Scope().Match(scope) is { Success: true } match ? $"{ipv6}%{match.Groups["name"]}"
                : "";
        }

        // Rejects texts such as "1" and "0x7f.1", which IPAddress.Parse and resolvers accept as IPv4 addresses.
        if (DigitsAndDots().IsMatch(text) || IPAddress.TryParse(text, out _))
        {
            return DottedQuad().IsMatch(text) ? text : "";
        }

        return text.Length <= 253 && HostName().IsMatch(text) ? text.ToLowerInvariant() : "";
    }

    [GeneratedRegex(@"\A[0-9a-fA-F:.]+\z")]
    private static partial Regex Ipv6Characters();

    // The name of a Linux interface, or its number. URLs have %25 for the percent sign (RFC 6874).
    [GeneratedRegex(@"\A(?:25(?=[A-Za-z0-9]))?(?<name>[A-Za-z0-9][A-Za-z0-9_.-]{0,14})\z")]
    private static partial Regex Scope();

    [GeneratedRegex(@"\A[0-9.]+\z")]
    private static partial Regex DigitsAndDots();

    [GeneratedRegex(@"\A(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\z)|\z)){4}\z")]
    private static partial Regex DottedQuad();

    [GeneratedRegex(@"\A[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?(?:\.[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)*\z")]
    private static partial Regex HostName();
}
