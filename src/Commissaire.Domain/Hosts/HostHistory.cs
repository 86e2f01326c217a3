using System.Diagnostics;

namespace Commissaire.Hosts;

/// <summary>An event as its history shows it, with the end of a command's output, if any.</summary>
public readonly record struct HistoryLine(string Event, string Summary, string Output = "");

public sealed partial record HostState
{
    /// <summary>Describes an event for the history of a host.</summary>
    public static HistoryLine Describe(HostEvent e) =>
        DescribeRegistration(e) ?? DescribeContact(e) ?? DescribeBootstrap(e) ?? DescribeMembership(e) ?? DescribeNode(e) ?? DescribeTurn(e)
        ?? DescribeImages(e) ?? DescribeAdoption(e) ?? DescribeCredentials(e) ?? DescribeRelease(e) ?? DescribeRotation(e)
        ?? throw new UnreachableException($"Unknown event {e.GetType()}.");
}
