using System.Collections.Immutable;

namespace Commissaire.Processes;

/// <summary>One start of a process. The UID distinguishes successive processes at the same address.</summary>
internal sealed record ProcessId(string Address, int Uid);

/// <summary>The row of a process in the database. The process increments the heartbeat while it runs.</summary>
internal sealed record ProcessRecord(ProcessId Process, bool Member, bool Founder, long Heartbeat);

/// <summary>The result of one search for the cluster.</summary>
internal abstract record DiscoveryResult
{
    private DiscoveryResult() { }

    /// <summary>Live members or founders at these addresses: join them.</summary>
    public sealed record Members(ImmutableArray<string> Addresses) : DiscoveryResult;

    /// <summary>No live member exists: found the cluster.</summary>
    public sealed record NoMembers : DiscoveryResult;

    /// <summary>Members are recorded but not yet known to be alive, or this process may not found the cluster: search again.</summary>
    public sealed record Undecided : DiscoveryResult;
}

/// <summary>
/// Finds the cluster that a process belongs to. A recorded member counts as alive until its heartbeat counter has not changed for several
/// observations. Clocks are not compared, and a database outage makes no process look dead.
/// </summary>
internal sealed record Discovery
{
    /// <summary>The number of consecutive observations, half a second apart, that a live member may miss.</summary>
    public const int MaxMissedHeartbeats = 12;

    private ImmutableDictionary<ProcessId, (long Heartbeat, int Missed)> Observed { get; init; } = [];

    /// <summary>Compares the recorded processes with the previous observation, for a process that searches.</summary>
    public (Discovery Next, DiscoveryResult Result) Observe(ProcessId self, ImmutableArray<ProcessRecord> records, bool mayFound = true)
    {
        // A record at this process's own address belongs to a process that has ended.
        var others = records.Where(r => (r.Member || r.Founder) && r.Process.Address != self.Address).ToList();
        var next = this with
        {
            // A process seen for the first time has missed one heartbeat: its record may be old.
            Observed = others.ToImmutableDictionary(r => r.Process, r =>
                (r.Heartbeat, !Observed.TryGetValue(r.Process, out var last) ? 1 : last.Heartbeat == r.Heartbeat ? last.Missed + 1 : 0)),
        };
        var alive = others.Where(r => next.Observed[r.Process].Missed == 0).ToList();
        return (next,
            alive.Count > 0 ? new DiscoveryResult.Members([.. alive.Select(r => r.Process.Address).Order(StringComparer.Ordinal)])
            : !mayFound || others.Exists(r => next.Observed[r.Process].Missed <= MaxMissedHeartbeats) ? new DiscoveryResult.Undecided()
            : new DiscoveryResult.NoMembers());
    }
}
