namespace Commissaire.Output;

/// <summary>The columns of a table, by field.</summary>
/// <param name="Plain">The columns when the output is not a terminal: scripts rely on them.</param>
internal sealed record Columns(params IReadOnlyList<string> Plain)
{
    /// <summary>The columns on a terminal.</summary>
    public IReadOnlyList<string> Terminal { get; init; } = Plain;

    /// <summary>The columns that a narrow terminal omits, the least important first.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];
}
