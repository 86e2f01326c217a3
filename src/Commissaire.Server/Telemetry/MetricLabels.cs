using System.Collections.Immutable;
using System.Diagnostics;
using Commissaire.Shell;

namespace Commissaire.Telemetry;

/// <summary>The values of labels. Dashboards and alerts depend on them: add values, never change one.</summary>
internal static class MetricLabels
{
    /// <summary>The connection succeeded.</summary>
    public const string Connected = "connected";

    /// <summary>The command or connection timed out.</summary>
    public const string TimedOut = "timed_out";

    /// <summary>The host passed a health check.</summary>
    public const string Passed = "passed";

    /// <summary>The host missed a health check.</summary>
    public const string Missed = "missed";

    /// <summary>The outcomes of a command on a host.</summary>
    public static readonly ImmutableArray<string> Outcomes =
        ["completed", "failed", "unreachable", "authentication_failed", "host_key_changed", "interrupted", TimedOut, "no_credentials"];

    /// <summary>The label of an outcome.</summary>
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
        _ => throw new UnreachableException($"No label for {outcome.GetType()}."),
    };

    /// <summary>The label of an outcome.</summary>
    public static string ToWireName(this TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Succeeded => "succeeded",
        TurnOutcome.Skipped => "skipped",
        _ => "failed",
    };
}
