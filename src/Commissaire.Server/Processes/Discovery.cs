using System.Collections.Immutable;

namespace Commissaire.Processes;

/// <summary>A process: an address, and which life of a process at that address.</summary>
internal sealed record ProcessId(string Address, int Uid);

/// <summary>A process as it has written itself down.</summary>
/// <param name="Process">Which.</param>
/// <param name="Member">Whether it said to be a member of the cluster.</param>
/// <param name="Founder">Whether it has taken upon it to found the cluster.</param>
/// <param name="Beat">Goes up each time it says that it lives.</param>
internal sealed record ProcessRow(ProcessId Process, bool Member, bool Founder, long Beat);

/// <summary>What a search comes to.</summary>
internal abstract record Finding
{
    private Finding() { }

    /// <summary>These are members, or about to be: ask them to be let in.</summary>
    public sealed record Members(ImmutableArray<string> Addresses) : Finding;

    /// <summary>There is nobody. Whoever hears this founds the cluster.</summary>
    public sealed record Nobody : Finding;

    /// <summary>Somebody was there and has said nothing since the search began, or somebody else is to found: look again.</summary>
    public sealed record Wait : Finding;
}

/// <summary>
/// A process's search for the cluster it belongs to. A member that was written down counts as alive until it has been watched and has let several
/// looks pass without a beat: clocks are not compared, and a database that was away for a while makes nobody seem dead.
/// </summary>
internal sealed record Discovery
{
    /// <summary>How many looks in a row, half a second apart, a member may let pass.</summary>
    public const int MaxMissedBeats = 12;

    private ImmutableDictionary<ProcessId, (long Beat, int Looks)> Silent { get; init; } = ImmutableDictionary<ProcessId, (long, int)>.Empty;

    /// <summary>Takes a look.</summary>
    /// <param name="self">Who looks.</param>
    /// <param name="rows">What is written down.</param>
    /// <param name="mayFound">Whether it founds the cluster where there is nobody.</param>
    public (Discovery Seen, Finding Finding) Look(ProcessId self, ImmutableArray<ProcessRow> rows, bool mayFound = true)
    {
        // A former life at one's own address is over.
        var others = rows.Where(r => (r.Member || r.Founder) && r.Process.Address != self.Address).ToList();
        var seen = this with
        {
            Silent = others.ToImmutableDictionary(
                r => r.Process,
                r => Silent.TryGetValue(r.Process, out var last) ? last.Beat == r.Beat ? (r.Beat, last.Looks + 1) : (r.Beat, 0) : (r.Beat, 1)),
        };
        var alive = others.Where(r => seen.Silent[r.Process].Looks == 0).ToList();
        return (seen,
            alive.Count > 0 ? new Finding.Members([.. alive.Select(r => r.Process.Address).Order(StringComparer.Ordinal)])
            : !mayFound || others.Exists(r => seen.Silent[r.Process].Looks <= MaxMissedBeats) ? new Finding.Wait()
            : new Finding.Nobody());
    }
}
