using Commissaire.Shell;

namespace Commissaire.Runs;

/// <summary>The steps of a host's turn in a run: which apply, and the command of each.</summary>
public static class TurnSteps
{
    /// <summary>Check that the host answers, and read its boot ID.</summary>
    public const string Preflight = "preflight";

    /// <summary>Make its node unschedulable.</summary>
    public const string Cordon = "cordon";

    /// <summary>Evict the pods of its node.</summary>
    public const string Drain = "drain";

    /// <summary>Stage the newest image, or a version of it, for the next boot. The running system does not change.</summary>
    public const string Stage = "stage";

    /// <summary>Upgrade its packages.</summary>
    public const string Upgrade = "upgrade";

    /// <summary>Check whether a reboot is needed.</summary>
    public const string RebootNeeded = "reboot-needed";

    /// <summary>Reboot it.</summary>
    public const string Reboot = "reboot";

    /// <summary>Wait until it has finished another boot.</summary>
    public const string WaitForReboot = "wait-for-reboot";

    /// <summary>Check that it booted the staged image.</summary>
    public const string BootedVersion = "booted-version";

    /// <summary>Check, after another step failed, that the host can return to the image that it had before.</summary>
    public const string RollbackCheck = "rollback-check";

    /// <summary>Make the image that it had before that of the next boot.</summary>
    public const string Rollback = "rollback";

    /// <summary>Check that it booted the image that it had before.</summary>
    public const string RolledBack = "rolled-back";

    /// <summary>Wait until its node is ready.</summary>
    public const string NodeReady = "node-ready";

    /// <summary>Make its node schedulable again.</summary>
    public const string Uncordon = "uncordon";

    /// <summary>The deadline of cordon and uncordon.</summary>
    public static readonly TimeSpan ShortDeadline = TimeSpan.FromSeconds(60);

    /// <summary>The deadline of <see cref="Preflight"/> and of <see cref="RollbackCheck"/>.</summary>
    public static readonly TimeSpan PreflightDeadline = TimeSpan.FromSeconds(60);

    /// <summary>How long a forced drain may take after the drain timeout, in addition to the grace period of the pods.</summary>
    public static readonly TimeSpan ForceMargin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The steps of a plan for a host, which may be a node. An image is staged before the node is drained, and the host is asked before
    /// whether it needs a reboot: without need, it is not drained.
    /// </summary>
    public static ImmutableArray<string> For(TurnPlan plan, bool isNode, OsDialect dialect)
    {
        var stages = plan.Verb != RunVerb.Restart && dialect.Stages;
        var reboots = plan.Verb == RunVerb.Restart || plan.Reboot != RebootPolicy.Never;
        var drains = isNode && plan.Drain && (reboots || !stages);
        var asks = plan.Verb != RunVerb.Restart && plan.Reboot == RebootPolicy.IfNeeded;
        return
        [
            Preflight,
            .. Where(stages, Stage),
            .. Where(stages && asks, RebootNeeded),
            .. Where(drains, Cordon, Drain),
            .. Where(plan.Verb == RunVerb.Upgrade && !stages, Upgrade),
            .. Where(!stages && asks, RebootNeeded),
            .. Where(reboots, Reboot, WaitForReboot),
            .. Where(reboots && stages, BootedVersion),
            .. Where(reboots && isNode, NodeReady),
            .. Where(drains, Uncordon),
        ];
    }

    /// <summary>The steps that return a host to its previous image.</summary>
    public static ImmutableArray<string> ForRollback(bool isNode, bool cordoned) =>
        [RollbackCheck, Rollback, Reboot, WaitForReboot, RolledBack, .. Where(isNode, NodeReady), .. Where(cordoned, Uncordon)];

    /// <summary>Whether the failure of a step may be mended by a rollback: the host has left its old boot.</summary>
    public static bool MayRollBack(string step) => step is WaitForReboot or BootedVersion or NodeReady;

    /// <summary>Whether a step is dropped once the host is in its previous image.</summary>
    public static bool UpToRolledBack(string step) => step is Rollback or Reboot or WaitForReboot or RolledBack;

    /// <summary>Whether a host that only stages its image takes a step.</summary>
    public static bool IsForStaging(string step) => step is Preflight or Stage;

    /// <summary>Whether a step is dropped when no reboot is needed.</summary>
    public static bool OfReboot(string step) => step is Reboot or WaitForReboot or BootedVersion or NodeReady;

    /// <summary>Whether a step is dropped for a host that rebooted since an earlier turn in the run told it to.</summary>
    public static bool UpToReboot(string step) => step is Stage or Cordon or Drain or Upgrade or RebootNeeded or Reboot;

    /// <summary>Whether the container manager does a step, rather than the host.</summary>
    public static bool OfNode(string step) => step is Cordon or Drain or NodeReady or Uncordon;

    /// <summary>
    /// Whether failing a step marks the host failed. Of the steps of its node, only node-ready does. Staging leaves the host as it was.
    /// </summary>
    public static bool FailsHost(string step) => (!OfNode(step) && step != Stage) || step == NodeReady;

    /// <summary>Whether a step may change the running host once it has started.</summary>
    public static bool Changes(string step) => step is Upgrade or Reboot or Rollback;

    /// <summary>The command of a step of the host, not of its node. A reboot is over once the host is in another boot.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The container manager does this step.</exception>
    public static ShellCommand Command(string step, TurnPlan plan, OsDialect dialect, string? boot) => step switch
    {
        Preflight => Investigation.CheckAsRoot,
        WaitForReboot => RebootLook.Command,
        Upgrade => dialect.Upgrade,
        Stage => plan.Verb == RunVerb.Deploy ? dialect.Deploy!(plan.Version!) : dialect.Upgrade,
        RebootNeeded => dialect.RebootNeeded,
        Reboot => RebootLook.Reboot(boot ?? ""),
        BootedVersion or RollbackCheck or RolledBack => dialect.BootedStatus!,
        Rollback => dialect.Rollback!,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "The container manager does this step."),
    };

    private static ImmutableArray<string> Where(bool applies, params ImmutableArray<string> steps) => applies ? steps : [];
}
