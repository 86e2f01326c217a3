using System.Diagnostics;

namespace Commissaire.Hosts;

/// <summary>An event as its history shows it.</summary>
/// <param name="Event">The name of the event.</param>
/// <param name="Summary">What happened, for people.</param>
/// <param name="Output">The end of a command's output; empty when no command is concerned.</param>
public readonly record struct HistoryLine(string Event, string Summary, string Output = "");

public sealed partial record HostState
{
    /// <summary>Describes an event for the history of a host.</summary>
    /// <exception cref="UnreachableException">A host writes no such event.</exception>
    public static HistoryLine Describe(HostEvent e) =>
        DescribeRegistration(e) ?? DescribeContact(e) ?? DescribeBootstrap(e) ?? DescribeMembership(e) ?? DescribeNode(e) ?? DescribeTurn(e)
        ?? throw new UnreachableException($"No text for {e.GetType()}.");
}
