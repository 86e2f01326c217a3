using System.Text.Json;
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

    /// <summary>Upgrade its packages, or its ostree deployment.</summary>
    public const string Upgrade = "upgrade";

    /// <summary>Deploy a version of its ostree.</summary>
    public const string Deploy = "deploy";

    /// <summary>Check whether a reboot is needed.</summary>
    public const string RebootNeeded = "reboot-needed";

    /// <summary>Reboot it.</summary>
    public const string Reboot = "reboot";

    /// <summary>Wait until it reports a new boot ID.</summary>
    public const string WaitForReboot = "wait-for-reboot";

    /// <summary>Check that it booted the deployed version.</summary>
    public const string BootedVersion = "booted-version";

    /// <summary>Wait until its node is ready.</summary>
    public const string NodeReady = "node-ready";

    /// <summary>Make its node schedulable again.</summary>
    public const string Uncordon = "uncordon";

    /// <summary>The deadline of cordon and uncordon.</summary>
    public static readonly TimeSpan ShortDeadline = TimeSpan.FromSeconds(60);

    /// <summary>The deadline of <see cref="Preflight"/>.</summary>
    public static readonly TimeSpan PreflightDeadline = TimeSpan.FromSeconds(60);

    /// <summary>How long a forced drain may take after the drain timeout, in addition to the grace period of the pods.</summary>
    public static readonly TimeSpan ForceMargin = TimeSpan.FromSeconds(30);

    // The host itself compares boot IDs: repeated after a crash, the command does not reboot a host that already rebooted.
    private const string RebootOutOf = """[ "$(cat /proc/sys/kernel/random/boot_id)" != "$1" ] || systemctl reboot""";

    /// <summary>The steps of a plan for a host, which may be a node.</summary>
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

    /// <summary>Whether a step is dropped when no reboot is needed.</summary>
    public static bool OfReboot(string step) => step is Reboot or WaitForReboot or BootedVersion or NodeReady;

    /// <summary>Whether the container manager does a step, rather than the host.</summary>
    public static bool OfNode(string step) => step is Cordon or Drain or NodeReady or Uncordon;

    /// <summary>Whether failing a step marks the host failed. Of the steps of its node, only node-ready does.</summary>
    public static bool FailsHost(string step) => !OfNode(step) || step == NodeReady;

    /// <summary>Whether a step may change the host once it has started.</summary>
    public static bool Changes(string step) => step is Upgrade or Deploy or Reboot;

    /// <summary>The command of a step of the host, not of its node. A reboot is over once the host is in another boot.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The container manager does this step.</exception>
    public static ShellCommand Command(string step, TurnPlan plan, OsDialect dialect, string? boot) => step switch
    {
        Preflight or WaitForReboot => Investigation.Check,
        Upgrade => dialect.Upgrade,
        Deploy => dialect.Deploy!(plan.Version!),
        RebootNeeded => dialect.RebootNeeded,
        Reboot => ShellCommand.Script(RebootOutOf, boot ?? "") with { ByHand = "systemctl reboot" },
        BootedVersion => OsDialect.BootedDeployment,
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "The container manager does this step."),
    };

    /// <summary>Reads the version of the booted deployment from the output of <see cref="BootedVersion"/>; null for none.</summary>
    public static string? ReadBootedVersion(string json)
    {
        try
        {
            using var status = JsonDocument.Parse(json);
            var booted = status.RootElement.GetProperty("deployments").EnumerateArray()
                .FirstOrDefault(d => d.TryGetProperty("booted", out var flag) && flag.ValueKind == JsonValueKind.True);
            return booted.ValueKind == JsonValueKind.Object && booted.TryGetProperty("version", out var version)
                ? version.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static ImmutableArray<string> Where(bool applies, params ImmutableArray<string> steps) => applies ? steps : [];
}
