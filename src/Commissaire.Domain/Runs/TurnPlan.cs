namespace Commissaire.Runs;

/// <summary>What an operation does to each host. The names in JSON are these in lower case.</summary>
public enum RunVerb
{
    /// <summary>Reboot it.</summary>
    Restart,

    /// <summary>Bring its packages, or its ostree deployment, up to date.</summary>
    Upgrade,

    /// <summary>Deploy a version of its ostree.</summary>
    Deploy,
}

/// <summary>Whether a host is rebooted after an upgrade or a deployment.</summary>
public enum RebootPolicy
{
    /// <summary>No.</summary>
    Never,

    /// <summary>When what was changed takes effect only then.</summary>
    IfNeeded,

    /// <summary>Yes.</summary>
    Always,
}

/// <summary>What happens when a node is not empty within its time.</summary>
public enum DrainTimeoutPolicy
{
    /// <summary>The host goes no further, and its node is uncordoned again.</summary>
    Fail,

    /// <summary>What is left on it is ended without asking.</summary>
    Force,
}

/// <summary>What each host of a run does.</summary>
/// <param name="Verb">What it is about.</param>
/// <param name="Version">The version to deploy; null for the other verbs.</param>
/// <param name="Drain">Whether a host that is a node is cordoned and drained first.</param>
/// <param name="DrainTimeout">How long draining may take.</param>
/// <param name="OnDrainTimeout">What happens when it takes longer.</param>
/// <param name="Reboot">Whether a reboot follows an upgrade or a deployment.</param>
/// <param name="Timeout">How long a host may take from when it is first changed until it is back.</param>
public sealed record TurnPlan(
    RunVerb Verb, string? Version, bool Drain, TimeSpan DrainTimeout, DrainTimeoutPolicy OnDrainTimeout, RebootPolicy Reboot, TimeSpan Timeout);

/// <summary>What a run was asked to be.</summary>
/// <param name="MaxUnavailable">How many members may be unavailable at a time, whatever the cause.</param>
/// <param name="MaxFailures">After how many failed hosts no further one begins.</param>
/// <param name="Soak">How long after a host's return no other begins.</param>
/// <param name="Plan">What each host does.</param>
public sealed record RunOptions(Limit MaxUnavailable, Limit MaxFailures, TimeSpan Soak, TurnPlan Plan);

/// <summary>The words for verbs that clients know.</summary>
public static class RunVerbNames
{
    /// <summary>The verb in lower case.</summary>
    public static string ToWireName(this RunVerb verb) => verb switch
    {
        RunVerb.Restart => "restart",
        RunVerb.Upgrade => "upgrade",
        _ => "deploy",
    };
}
