using System.Globalization;
using Commissaire.Configuration;

namespace Commissaire.Import;

/// <summary>What an import did, for the person who ran it.</summary>
internal sealed class ImportReport(bool dryRun)
{
    /// <summary>The exit code of an import that could not take over everything.</summary>
    public const int Incomplete = 3;

    private const int KindWidth = 18;

    private readonly List<FleetObject> _taken = [];
    private readonly List<FleetObject> _same = [];
    private readonly List<FleetObject> _notTaken = [];

    /// <summary>0 if everything is on the server now, else <see cref="Incomplete"/>.</summary>
    public int ExitCode => _notTaken.Count == 0 ? 0 : Incomplete;

    /// <summary>Adds an object with its outcome.</summary>
    public void Add(FleetObject item, Outcome outcome)
    {
        var list = outcome.State switch
        {
            OutcomeState.Taken => _taken,
            OutcomeState.Same => _same,
            _ => _notTaken,
        };
        list.Add(item with { Detail = outcome.Detail ?? item.Detail });
    }

    /// <summary>Prints the report. Control characters that came from the source are escaped.</summary>
    public void Print(TextWriter output, IReadOnlyList<string> leftBehind)
    {
        Section(output, dryRun ? "Would be taken over:" : "Taken over:", _taken, (name, detail) => $"{name} ({detail})");
        Section(output, "Already there, and the same:", _same, (name, detail) => $"{name} ({detail})");
        Section(output, dryRun ? "Could not be taken over:" : "Not taken over:", _notTaken, (name, detail) => $"{name}: {detail}");
        if (leftBehind.Count > 0)
        {
            output.WriteLine("Never part of an import:");
            output.WriteLine($"  {string.Join(", ", leftBehind)}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_taken.Count} {(dryRun ? "would be " : "")}taken over, {_same.Count} already there, {_notTaken.Count} not taken over.")
            + (dryRun ? " This was a dry run: nothing was changed." : ""));
    }

    private static void Section(
        TextWriter output, string title, List<FleetObject> items, Func<string, string, string> describe)
    {
        if (items.Count == 0)
        {
            return;
        }

        output.WriteLine(title);
        foreach (var (kind, name, detail) in items)
        {
            output.WriteLine($"  {kind.PadRight(KindWidth)} {OneLine(detail is null ? name : describe(name, detail))}");
        }
    }

    private static string OneLine(string text) =>
        EscapingConsoleFormatter.Escape(text).Replace('\n', ' ').Replace('\t', ' ');
}

/// <summary>What became of an object.</summary>
internal enum OutcomeState
{
    /// <summary>It was registered.</summary>
    Taken,

    /// <summary>It was there already, and is the same.</summary>
    Same,

    /// <summary>It could not be registered, or is there but different.</summary>
    NotTaken,
}

/// <summary>What became of an object, with the reason or a remark.</summary>
internal sealed record Outcome(OutcomeState State, string? Detail = null)
{
    public static Outcome Taken { get; } = new(OutcomeState.Taken);

    public static Outcome Same(string? remark = null) => new(OutcomeState.Same, remark);

    public static Outcome NotTaken(string reason) => new(OutcomeState.NotTaken, reason);
}
