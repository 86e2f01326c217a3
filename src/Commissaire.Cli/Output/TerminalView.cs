namespace Commissaire.Output;

/// <summary>How a terminal shows tables: in a width, with units and ages for people.</summary>
/// <param name="Width">The number of columns of the terminal.</param>
/// <param name="Now">The time from which ages count.</param>
internal sealed record TerminalView(int Width, DateTimeOffset Now);
