namespace Commissaire.Runs;

public sealed partial record RunState
{
    /// <summary>The public state of the run.</summary>
    /// <exception cref="InvalidOperationException">The run has not begun.</exception>
    public RunView View() => Definition is { } d
        ? new RunView(
            Run, d.Options, d.By, d.MaxUnavailable, d.MaxFailures, Status, Reason, d.At, End?.At,
                [.. Hosts.Select(h => View(h.Key, h.Value))])
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
        { Held: { } held } => $"waiting: {held.Reason}",
        _ when IsStaging && !Stopped => $"staging images on {Hosts.Values.Count(h => h.Phase == RunHostPhase.Staging)} hosts",
        _ when Stopped => "enough hosts failed; waiting for the hosts in their turn",
        _ => "in progress",
    };

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
