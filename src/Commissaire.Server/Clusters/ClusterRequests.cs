using System.Collections.Immutable;
using Commissaire.Contracts.Clusters;

namespace Commissaire.Clusters;

/// <summary>Reads and validates requests about clusters.</summary>
internal static class ClusterRequests
{
    /// <summary>Reads the old and the new members of a cluster.</summary>
    /// <exception cref="InvalidRequestException">A list is missing, or contains an invalid address.</exception>
    public static (ImmutableArray<HostAddress> Old, ImmutableArray<HostAddress> New) Members(ReplaceMembersRequest body) =>
        (Addresses("old", body.Old), Addresses("new", body.New));

    private static ImmutableArray<HostAddress> Addresses(string field, IReadOnlyList<string>? texts) =>
        texts is null
            ? throw new InvalidRequestException($"{field}: is missing; expected a list of addresses.")
            : [.. texts.Select((text, i) => Address($"{field}[{i}]", text)).Distinct()];

    private static HostAddress Address(string field, string text) =>
        HostAddress.TryParse(text, out var address)
            ? address
            : throw new InvalidRequestException($"{field}: '{text}' is not {HostAddress.Expectation}.");
}
