using System.Collections.Immutable;
using Commissaire.Hosts;
using Commissaire.Shell;

namespace Commissaire.Runs;

/// <summary>The steps of a host's turn in a run: which there are, which apply, and how each is said to a host.</summary>
public static class TurnSteps
{
    /// <summary>See that the host is there, and in which boot.</summary>
    public const string Preflight = "preflight";

    /// <summary>Have no new work put on its node.</summary>
    public const string Cordon = "cordon";

    /// <summary>Have the work on its node moved away.</summary>
    public const string Drain = "drain";

    /// <summary>Bring it up to date.</summary>
    public const string Upgrade = "upgrade";

    /// <summary>Deploy a version.</summary>
    public const string Deploy = "deploy";

    /// <summary>Find out whether a reboot is needed.</summary>
    public const string RebootNeeded = "reboot-needed";

    /// <summary>Tell it to reboot.</summary>
    public const string Reboot = "reboot";

    /// <summary>Wait until it answers from another boot.</summary>
    public const string WaitForReboot = "wait-for-reboot";

    /// <summary>See that the version deployed is the one booted.</summary>
    public const string BootedVersion = "booted-version";

    /// <summary>Wait until its node is ready.</summary>
    public const string NodeReady = "node-ready";

    /// <summary>Have new work put on its node again.</summary>
    public const string Uncordon = "uncordon";

    /// <summary>How long the short steps may take.</summary>
    public static readonly TimeSpan ShortDeadline = TimeSpan.FromSeconds(60);

    /// <summary>How long a host may take to answer at all.</summary>
    public static readonly TimeSpan PreflightDeadline = TimeSpan.FromSeconds(60);

    /// <summary>How long after the drain's time is up a forced drain may take.</summary>
    public static readonly TimeSpan ForceGrace = TimeSpan.FromSeconds(60);

    // Compared on the host itself, in the same breath: told again after a crash, it does not reboot a host that already has.
    private const string RebootOutOf = """[ "$(cat /proc/sys/kernel/random/boot_id)" != "$1" ] || systemctl reboot""";

    /// <summary>The steps that apply.</summary>
    /// <param name="plan">What the run is about.</param>
    /// <param name="isNode">Whether the host is a node of a container manager.</param>
    public static ImmutableArray<string> For(TurnPlan plan, bool isNode)
    {
        var reboots = plan.Verb == RunVerb.Restart || plan.Reboot != RebootPolicy.Never;
        return
        [
            Preflight,
            .. Where(isNode && plan.Drain, Cordon, Drain),
            .. Where(plan.Verb == RunVerb.Upgrade, Upgrade),
            .. Where(plan.Verb == RunVerb.Deploy, Deploy),
            .. Where(plan.Verb != RunVerb.Restart && plan.Reboot == RebootPolicy.IfNeeded, RebootNeeded),
            .. Where(reboots, Reboot, WaitForReboot),
            .. Where(reboots && plan.Verb == RunVerb.Deploy, BootedVersion),
            .. Where(reboots && isNode, NodeReady),
            .. Where(isNode && plan.Drain, Uncordon),
        ];
    }

    /// <summary>Whether a step belongs to a reboot, and falls away with it.</summary>
    public static bool OfReboot(string step) => step is Reboot or WaitForReboot or BootedVersion or NodeReady;

    /// <summary>Whether a step is asked of the container manager rather than of the host.</summary>
    public static bool OfNode(string step) => step is Cordon or Drain or NodeReady or Uncordon;

    /// <summary>Whether a host that fails in a step is unwell for all we know: what is done to its node leaves the host itself as it was, unless the node does not come back.</summary>
    public static bool FailsHost(string step) => !OfNode(step) || step == NodeReady;

    /// <summary>Whether a host that has begun a step may have been changed by it.</summary>
    public static bool Changes(string step) => step is Upgrade or Deploy or Reboot;

    /// <summary>How a step is said to a host.</summary>
    /// <param name="step">The step; none of those that are asked of the container manager.</param>
    /// <param name="plan">What the run is about.</param>
    /// <param name="dialect">How its operating system says it.</param>
    /// <param name="boot">The boot the host was in before.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is not said to hosts.</exception>
    public static ShellCommand Command(string step, TurnPlan plan, OsDialect dialect, string? boot) => step switch
    {
        Preflight or WaitForReboot => Investigation.Check,
        Upgrade => dialect.Upgrade,
        Deploy => dialect.Deploy!(plan.Version!),
        RebootNeeded => dialect.RebootNeeded,
        Reboot => ShellCommand.Script(RebootOutOf, boot ?? ""),
        BootedVersion => OsDialect.BootedDeployment,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "This step is not said to hosts."),
    };

    private static ImmutableArray<string> Where(bool applies, params ImmutableArray<string> steps) => applies ? steps : [];
}
