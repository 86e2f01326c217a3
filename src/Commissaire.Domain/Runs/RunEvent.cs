using System.Text.Json.Serialization;

namespace Commissaire.Runs;

/// <summary>An event in the journal of a run.</summary>
[JsonDerivedType(typeof(RunEvent.Begun), "run/begun/1")]
[JsonDerivedType(typeof(RunEvent.HostBegan), "run/host-began/1")]
[JsonDerivedType(typeof(RunEvent.HostEnded), "run/host-ended/1")]
[JsonDerivedType(typeof(RunEvent.HostLeft), "run/host-left/1")]
[JsonDerivedType(typeof(RunEvent.Held), "run/held/1")]
[JsonDerivedType(typeof(RunEvent.Paused), "run/paused/1")]
[JsonDerivedType(typeof(RunEvent.Resumed), "run/resumed/1")]
[JsonDerivedType(typeof(RunEvent.Cancelled), "run/cancelled/1")]
[JsonDerivedType(typeof(RunEvent.Retried), "run/retried/1")]
[JsonDerivedType(typeof(RunEvent.Finished), "run/finished/1")]
public abstract record RunEvent(DateTimeOffset At)
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>The run began with the members of the cluster, in order, and with its limits resolved to numbers.</summary>
    public sealed record Begun(
        RunOptions Options, string By, int MaxUnavailable, int MaxFailures, ImmutableArray<HostAddress> Hosts,
            DateTimeOffset At) : RunEvent(At), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>A host's turn is about to begin, or the staging of its image.</summary>
    public sealed record HostBegan(HostAddress Host, DateTimeOffset At) : RunEvent(At)
    {
        /// <summary>What the host follows; null if its system is no image.</summary>
        public string? Follows { get; init; }

        /// <summary>Whether the host only stages its image.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Stages { get; init; }
    }

    /// <summary>A host's turn ended, or the staging of its image.</summary>
    public sealed record HostEnded(HostAddress Host, TurnEnd End, DateTimeOffset At) : RunEvent(At)
    {
        /// <summary>Whether the host only staged its image.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool Stages { get; init; }
    }

    /// <summary>A host left the cluster before its turn ended.</summary>
    public sealed record HostLeft(HostAddress Host, DateTimeOffset At) : RunEvent(At);

    /// <summary>No host may begin, because too many members are unavailable.</summary>
    public sealed record Held(string Reason, DateTimeOffset At) : RunEvent(At);

    /// <summary>The run was paused.</summary>
    public sealed record Paused(string By, DateTimeOffset At) : RunEvent(At);

    /// <summary>The run was resumed.</summary>
    public sealed record Resumed(string By, DateTimeOffset At) : RunEvent(At);

    /// <summary>The run was cancelled; hosts in their turn finish it.</summary>
    public sealed record Cancelled(string By, DateTimeOffset At) : RunEvent(At);

    /// <summary>The run was retried: the hosts that failed get another turn.</summary>
    public sealed record Retried(string By, DateTimeOffset At) : RunEvent(At), ITraced
    {
        /// <inheritdoc />
        public string? Trace { get; init; }
    }

    /// <summary>The run finished. It succeeded if no host failed and every host had its turn.</summary>
    public sealed record Finished(bool Succeeded, string Reason, DateTimeOffset At) : RunEvent(At);
}
