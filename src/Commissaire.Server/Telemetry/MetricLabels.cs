using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Cluster;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Shell;

namespace Commissaire.Telemetry;

/// <summary>The words for what is told apart by labels. Dashboards and alerts stand on them as they do on names.</summary>
internal static class MetricLabels
{
    /// <summary>A connection was made.</summary>
    public const string Connected = "connected";

    /// <summary>What was begun did not end in its time, or was given up.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>A health check found its host well.</summary>
    public const string Passed = "passed";

    /// <summary>A health check did not.</summary>
    public const string Missed = "missed";

    /// <summary>What may become of a command on a host.</summary>
    public static readonly ImmutableArray<string> Outcomes =
        ["completed", "failed", "unreachable", "authentication_failed", "host_key_changed", "interrupted", TimedOut, "no_credentials"];

    public static string ToWireName(this ShellOutcome outcome) => outcome switch
    {
        ShellOutcome.Completed { ExitCode: 0 } => "completed",
        ShellOutcome.Completed => "failed",
        ShellOutcome.Unreachable => "unreachable",
        ShellOutcome.AuthenticationFailed => "authentication_failed",
        ShellOutcome.HostKeyChanged => "host_key_changed",
        ShellOutcome.Interrupted => "interrupted",
        ShellOutcome.TimedOut => TimedOut,
        ShellOutcome.NoCredentials => "no_credentials",
        _ => throw new UnreachableException($"No word for {outcome.GetType()}."),
    };

    public static string ToWireName(this TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Succeeded => "succeeded",
        TurnOutcome.Skipped => "skipped",
        _ => "failed",
    };

    public static string ToWireName(this ContainerManagerType type) => type switch
    {
        ContainerManagerType.OpenShift => "openshift",
        ContainerManagerType.Kubernetes => "kubernetes",
        _ => "trivial",
    };

    public static string ToWireName(this MemberStatus status) => status switch
    {
        MemberStatus.Joining => "joining",
        MemberStatus.WeaklyUp => "weaklyup",
        MemberStatus.Up => "up",
        MemberStatus.Leaving => "leaving",
        MemberStatus.Exiting => "exiting",
        MemberStatus.Down => "down",
        _ => "removed",
    };
}
