using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Commissaire.Runs;

/// <summary>The id of a run: its cluster, and its number there, counted from 1. As text, <c>cluster.7</c>.</summary>
public readonly record struct RunId(ResourceName Cluster, int Number) : IParsable<RunId>
{
    /// <inheritdoc />
    public static RunId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is not a run: expected a cluster, a dot and a number.");

    /// <inheritdoc />
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out RunId result)
    {
        result = default;
        var dot = s?.LastIndexOf('.') ?? -1;
        if (dot < 0 || !ResourceName.TryParse(s![..dot], out var cluster)
            || !int.TryParse(s.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
        {
            return false;
        }

        result = new RunId(cluster, number);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Cluster}.{Number}");
}
