using System.Collections.Immutable;
using System.Diagnostics;
using Commissaire.Shell;

namespace Commissaire.Telemetry;

/// <summary>The values of labels. Dashboards and alerts depend on them: add values, never change one.</summary>
internal static class MetricLabels
{
    public const string Connected = "connected";

    public const string TimedOut = "timed_out";

    public const string Passed = "passed";

    public const string Missed = "missed";

    public const string Succeeded = "succeeded";

    public const string Failed = "failed";

    public const string Limited = "limited";

    public static readonly ImmutableArray<string> Outcomes =
        ["completed", "failed", "unreachable", "authentication_failed", "host_key_changed", "interrupted", TimedOut, "no_credentials",
            "too_much_output", "not_tried", "unreadable", "unrecognized", "not_root"];

    public static string ToWireName(this ShellOutcome outcome) => outcome switch
    {
        ShellOutcome.Completed { ExitCode: 0 } => "completed",
        ShellOutcome.Completed => "failed",
        ShellOutcome.Unreachable => "unreachable",
        ShellOutcome.RefusedForNow => "refused_for_now",
        ShellOutcome.AuthenticationFailed => "authentication_failed",
        ShellOutcome.HostKeyChanged => "host_key_changed",
        ShellOutcome.Interrupted => "interrupted",
        ShellOutcome.TimedOut => TimedOut,
        ShellOutcome.NoCredentials => "no_credentials",
        ShellOutcome.TooMuchOutput => "too_much_output",
        ShellOutcome.NotTried => "not_tried",
        ShellOutcome.Unrecognized => "unrecognized",
        ShellOutcome.NotRoot => "not_root",
        ShellOutcome.Unreadable => "unreadable",
        _ => throw new UnreachableException($"No label for {outcome.GetType()}."),
    };

    public static string ToWireName(this TurnOutcome outcome) => outcome switch
    {
        TurnOutcome.Succeeded => "succeeded",
        TurnOutcome.Skipped => "skipped",
        _ => "failed",
    };
}
