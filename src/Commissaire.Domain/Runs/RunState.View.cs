using System.Globalization;

namespace Commissaire.Runs;

public sealed partial record RunState
{
    /// <summary>The public state of the run.</summary>
    /// <exception cref="InvalidOperationException">The run has not begun.</exception>
    public RunView View() => Definition is { } d
        ? new RunView(
            Run, d.Options, d.By, d.MaxUnavailable, d.MaxFailures, Status, Reason, d.At, End?.At,
                [.. Hosts.Select(h => View(h.Key, h.Value))])
        {
            WaitsFor = WaitsFor,
        }
        : throw new InvalidOperationException($"Run {Run} has not begun.");

    /// <summary>The status of the run.</summary>
    public RunStatus Status => End switch
    {
        null => RunStatus.InProcess,
        { Succeeded: true } => RunStatus.Finished,
        _ => RunStatus.Failed,
    };

    /// <summary>The reason for its status, and what it waits for.</summary>
    public string Reason => this switch
    {
        { End: { } end } => end.Reason,
        { CancelledBy: { } by } => $"cancelled by '{by}'; waiting for the hosts in their turn",
        { PausedBy: { } by } => $"paused by '{by}'",
        { Members: null } => "waiting for the health of the members",
        { Held: { } held } => string.Create(
            CultureInfo.InvariantCulture,
            $"waiting: {held.Reason}; gives up at {(held.At + Definition!.Options.Plan.Timeout).UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"),
        _ when IsStaging && !Stopped => $"staging images on {Hosts.Values.Count(h => h.Phase == RunHostPhase.Staging)} hosts",
        _ when Stopped => "enough hosts failed; waiting for the hosts in their turn",
        _ => "in progress",
    };

    private string? WaitsFor => this switch
    {
        { Active: false } => null,
        _ when InTurn is { Length: > 0 } hosts => $"the hosts in their turn: {hosts}",
        { PausedBy: { } by } => $"'{by}' or another operator, to resume it",
        { Members: null } => $"cluster '{Run.Cluster}', to report the health of its members",
        { Held: not null } => $"the members {string.Join(", ", Unavailable().Order(StringComparer.Ordinal))}, to become available; or an "
            + "operator, who cancels it and starts another with a larger max_unavailable",
        { LastReturn: { } last } => string.Create(
            CultureInfo.InvariantCulture, $"the end of its pause (soak) at {(last + Definition!.Options.Soak).UtcDateTime:HH:mm:ss} UTC"),
        _ => null,
    };

    private string InTurn => string.Join(
        ", ", Hosts.Where(h => h.Value.Phase is RunHostPhase.InProcess or RunHostPhase.Staging).Select(h => h.Key));

    private RunHostView View(string host, RunHost state)
    {
        var progress = Progress.GetValueOrDefault(host);
        var reason = state switch
        {
            { End: { } end } => end.Reason + (end.LeftCordoned ? "; its node was left cordoned" : ""),
            { Phase: RunHostPhase.Waiting } => Members?.GetValueOrDefault(host) is { Available: false } health ? health.Reason : "",
            { Phase: RunHostPhase.Left } => "left the cluster",
            _ => progress?.Detail ?? "",
        };
        return new RunHostView(
            HostAddress.Parse(host), state.Phase, progress?.Step ?? state.End?.Step ?? "", progress?.Since ?? state.Since, reason,
            state.End?.Output ?? "");
    }
}
