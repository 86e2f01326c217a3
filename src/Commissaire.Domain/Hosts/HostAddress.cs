using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text.RegularExpressions;

namespace Commissaire.Hosts;

/// <summary>
/// How a host is reached and known: an IPv4 address, an IPv6 address or a host name (RFC 1123, plus the underscore that the routes of 2017
/// took). Kept in one spelling: host names in lower case, IPv6 compressed and without brackets.
/// </summary>
public readonly partial record struct HostAddress : IParsable<HostAddress>
{
    /// <summary>What an address must look like, for people.</summary>
    public const string Expectation = "a host name, an IPv4 address or an IPv6 address";

    private readonly string? _value;

    private HostAddress(string value) => _value = value;

    /// <summary>The address in its one spelling.</summary>
    public string Value => _value ?? "";

    /// <summary>Reads an address.</summary>
    /// <exception cref="FormatException">The text is not an address.</exception>
    public static HostAddress Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var address) ? address : throw new FormatException($"'{s}' is not an address: expected {Expectation}.");

    /// <summary>Reads an address, if the text is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out HostAddress result)
    {
        result = s is null ? default : new HostAddress(Normalized(s));
        return result.Value.Length > 0;
    }

    /// <summary>Reads an address, if the text is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out HostAddress result) => TryParse(s, null, out result);

    /// <summary>The address a connection came from.</summary>
    public static HostAddress Of(IPAddress peer) => new((peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer).ToString().Split('%')[0]);

    /// <inheritdoc />
    public override string ToString() => Value;

    private static string Normalized(string text)
    {
        var bare = text is ['[', .., ']'] ? text[1..^1] : text;
        if (bare.Contains(':', StringComparison.Ordinal))
        {
            // IPAddress.Parse would take brackets, a port and a scope as well.
            return SixForm().IsMatch(bare) && IPAddress.TryParse(bare, out var six) ? Of(six).Value : "";
        }

        // IPAddress.Parse and resolvers take "1" and "0x7f.1" for addresses; nobody who types those into a host record means it.
        if (DigitsAndDots().IsMatch(text) || IPAddress.TryParse(text, out _))
        {
            return DottedQuad().IsMatch(text) ? text : "";
        }

        return text.Length <= 253 && HostName().IsMatch(text) ? text.ToLowerInvariant() : "";
    }

    [GeneratedRegex(@"\A[0-9a-fA-F:.]+\z")]
    private static partial Regex SixForm();

    [GeneratedRegex(@"\A[0-9.]+\z")]
    private static partial Regex DigitsAndDots();

    [GeneratedRegex(@"\A(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!\z)|\z)){4}\z")]
    private static partial Regex DottedQuad();

    [GeneratedRegex(@"\A[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?(?:\.[a-zA-Z0-9_](?:[a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?)*\z")]
    private static partial Regex HostName();
}
