using System.Text.Json.Serialization;

namespace Commissaire.Runs;

/// <summary>The operation of a run. The names in JSON are these in lower case.</summary>
public enum RunVerb
{
    /// <summary>Reboot each host.</summary>
    Restart,

    /// <summary>Upgrade the packages, or the image, of each host.</summary>
    Upgrade,

    /// <summary>Deploy an image, or a version of the ostree, to each host.</summary>
    Deploy,
}

/// <summary>Whether a host is rebooted after an upgrade or a deployment.</summary>
public enum RebootPolicy
{
    /// <summary>No reboot.</summary>
    Never,

    /// <summary>A reboot if the change takes effect only then.</summary>
    IfNeeded,

    /// <summary>Always a reboot.</summary>
    Always,
}

/// <summary>The action for a node that is not drained in time.</summary>
public enum DrainTimeoutPolicy
{
    /// <summary>The host fails its turn, and its node is uncordoned.</summary>
    Fail,

    /// <summary>The remaining pods are deleted in spite of their disruption budgets.</summary>
    Force,
}

/// <summary>What becomes of a host that fails its turn after it booted another image.</summary>
public enum FailurePolicy
{
    /// <summary>It is left as it is, with its node cordoned.</summary>
    Leave,

    /// <summary>It boots the image that it had before.</summary>
    Rollback,
}

/// <summary>The work of each host in a run.</summary>
/// <param name="Verb">The operation.</param>
/// <param name="Version">The version to deploy; null for other operations.</param>
/// <param name="Drain">Whether a node is cordoned and drained first.</param>
/// <param name="DrainTimeout">How long draining may take.</param>
/// <param name="OnDrainTimeout">The action when draining takes longer.</param>
/// <param name="Reboot">Whether a reboot follows an upgrade or a deployment.</param>
/// <param name="Timeout">How long a host may take from its first change until it is ready again.</param>
public sealed record TurnPlan(
    RunVerb Verb, string? Version, bool Drain, TimeSpan DrainTimeout, DrainTimeoutPolicy OnDrainTimeout, RebootPolicy Reboot,
        TimeSpan Timeout)
{
    /// <summary>The default of <see cref="ForceGrace"/>.</summary>
    public static readonly TimeSpan DefaultForceGrace = TimeSpan.FromSeconds(30);

    /// <summary>The longest grace period of pods that a forced drain deletes; null for the default.</summary>
    public TimeSpan? ForceGrace { get; init; }

    /// <summary>What becomes of a host that fails after it booted another image.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public FailurePolicy OnFailure { get; init; }
}

/// <summary>The options of a run.</summary>
/// <param name="MaxUnavailable">The maximum number of members that may be unavailable during the run, for any cause.</param>
/// <param name="MaxFailures">Start no more hosts after this many failures.</param>
/// <param name="Soak">The pause after a host's turn before the next host begins.</param>
/// <param name="Plan">The work of each host.</param>
public sealed record RunOptions(Limit MaxUnavailable, Limit MaxFailures, TimeSpan Soak, TurnPlan Plan)
{
    /// <summary>The members that are one machine under several addresses; null for none.</summary>
    public ImmutableArray<SharedMachine>? SharedMachines { get; init; }

    /// <summary>The members that have a turn, sorted; null for all. The others count for the limit of unavailable members.</summary>
    public ImmutableArray<HostAddress>? Hosts { get; init; }

    /// <summary>Whether a member has a turn.</summary>
    public bool Include(HostAddress host) => Hosts?.Contains(host) != false;
}

/// <summary>A machine that several hosts are. One of them has the turn in a run, and the others are skipped.</summary>
/// <param name="Hosts">Their addresses, sorted.</param>
public sealed record SharedMachine(ImmutableArray<HostAddress> Hosts);

/// <summary>The names of <see cref="RunVerb"/> in JSON.</summary>
public static class RunVerbNames
{
    /// <summary>The operation in lower case.</summary>
    public static string ToWireName(this RunVerb verb) => verb switch
    {
        RunVerb.Restart => "restart",
        RunVerb.Upgrade => "upgrade",
        _ => "deploy",
    };
}
