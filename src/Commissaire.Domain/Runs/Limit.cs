using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Commissaire.Runs;

/// <summary>A number of hosts: a count, or a percentage of the members of a cluster. As text, <c>3</c> or <c>25%</c>.</summary>
public readonly record struct Limit : IParsable<Limit>
{
    /// <summary>The valid limits, for error messages.</summary>
    public const string Expectation = "a count of 1 or more, or a percentage from 1% to 100%";

    private Limit(int value, bool percent) => (Value, IsPercentage) = (value, percent);

    /// <summary>One host.</summary>
    public static Limit One => new(1, false);

    /// <summary>The number.</summary>
    public int Value { get; }

    /// <summary>Whether the number is a percentage.</summary>
    public bool IsPercentage { get; }

    /// <inheritdoc />
    public static Limit Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var limit) ? limit : throw new FormatException($"'{s}' is not a limit: expected {Expectation}.");

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Limit result)
    {
        var percent = s?.EndsWith('%') ?? false;
        var valid = int.TryParse(percent ? s![..^1] : s, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= 1 && (!percent || value <= 100);
        result = valid ? new Limit(value, percent) : default;
        return valid;
    }

    /// <summary>The limit for a number of members: a percentage is rounded down, and is at least one.</summary>
    public int Of(int members) => IsPercentage ? Math.Max(1, (int)((long)members * Value / 100)) : Value;

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture) + (IsPercentage ? "%" : "");
}
