using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Commissaire;

/// <summary>
/// The name of a cluster, a network or a container manager: letters, digits, <c>-</c> and <c>_</c>, case-sensitive.
/// The character set is the one the REST routes have always had.
/// </summary>
public readonly partial record struct ResourceName : IParsable<ResourceName>
{
    /// <summary>The longest name taken, in characters.</summary>
    public const int MaxLength = 253;

    /// <summary>What a name must look like, for people.</summary>
    public const string Expectation = "letters, digits, '-' and '_', at most 253 characters";

    private readonly string? _value;

    private ResourceName(string value) => _value = value;

    /// <summary>The name as text.</summary>
    public string Value => _value ?? "";

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">The text is not a name.</exception>
    public static ResourceName Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var name) ? name : throw new FormatException($"'{s}' is not a name: expected {Expectation}.");

    /// <summary>Reads a name, if the text is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ResourceName result)
    {
        var valid = s is { Length: > 0 and <= MaxLength } && Pattern().IsMatch(s);
        result = valid ? new ResourceName(s!) : default;
        return valid;
    }

    /// <summary>Reads a name, if the text is one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out ResourceName result) => TryParse(s, null, out result);

    /// <inheritdoc />
    public override string ToString() => Value;

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]+\z")]
    private static partial Regex Pattern();
}
