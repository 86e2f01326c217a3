using System.Globalization;

namespace Commissaire.Acceptance.Tests;

/// <summary>
/// Measures how long the processors were idle: about the elapsed time on an idle machine, and less on a busy one. A limit on it catches
/// a server that waits too long, and does not depend on the speed of the machine or on what else it runs.
/// </summary>
public sealed class IdleTime
{
    private const double TicksPerSecond = 100;

    private readonly double start = Now();

    /// <summary>The idle time since this was created, averaged over the processors.</summary>
    public TimeSpan Elapsed => TimeSpan.FromSeconds(Now() - start);

    // The fourth number is the idle time of all processors together.
    private static double Now() => double.Parse(
        File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[4], CultureInfo.InvariantCulture)
        / TicksPerSecond / Environment.ProcessorCount;
}
