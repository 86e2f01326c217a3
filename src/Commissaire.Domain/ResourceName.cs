using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Commissaire;

/// <summary>A name of letters, digits, <c>-</c> and <c>_</c>, case-sensitive, as in the routes of 2017.</summary>
public readonly partial record struct ResourceName : IParsable<ResourceName>
{
    /// <summary>The maximum length in characters.</summary>
    public const int MaxLength = 253;

    /// <summary>The format of a name, for messages.</summary>
    public const string Expectation = "letters, digits, '-' and '_', at most 253 characters";

    private readonly string? _value;

    private ResourceName(string value) => _value = value;

    /// <summary>The name as text.</summary>
    public string Value => _value ?? "";

    /// <summary>Parses a name.</summary>
    /// <exception cref="FormatException">The text is not a valid name.</exception>
    public static ResourceName Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var name) ? name : throw new FormatException($"'{s}' is not a valid name: expected {Expectation}.");

    /// <summary>Parses a name; returns false if the text is invalid.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ResourceName result)
    {
        var valid = s is { Length: > 0 and <= MaxLength } && Pattern().IsMatch(s);
        result = valid ? new ResourceName(s!) : default;
        return valid;
    }

    /// <summary>Parses a name; returns false if the text is invalid.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out ResourceName result) => TryParse(s, null, out result);

    /// <inheritdoc />
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]+\z")]
    private static partial Regex Pattern();
}
