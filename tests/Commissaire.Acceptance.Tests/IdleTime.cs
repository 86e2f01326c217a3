using System.Globalization;

namespace Commissaire.Acceptance.Tests;

/// <summary>
/// Measures for how long the processors had nothing to do: about the elapsed time on an idle machine, and less the busier it is. A limit on it
/// catches a server that waits too long, and does not depend on how fast the machine is or what else runs on it.
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
