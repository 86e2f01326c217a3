using Commissaire.Hosts;

namespace Commissaire.Runs;

public sealed partial record RunState
{
    /// <summary>The run as others see it.</summary>
    /// <exception cref="InvalidOperationException">It has not begun.</exception>
    public RunView View() => Definition is { } d
        ? new RunView(Run, d.Options, d.By, d.MaxUnavailable, d.MaxFailures, Status, Reason, d.At, End?.At, [.. Hosts.Select(h => View(h.Key, h.Value))])
        : throw new InvalidOperationException($"Run {Run} has not begun.");

    /// <summary>How it is.</summary>
    public RunStatus Status => End switch
    {
        null => RunStatus.InProcess,
        { Succeeded: true } => RunStatus.Finished,
        _ => RunStatus.Failed,
    };

    /// <summary>Why it is so, and what it waits for.</summary>
    public string Reason => this switch
    {
        { End: { } end } => end.Reason,
        { CancelledBy: { } by } => $"cancelled by '{by}'; waiting for the hosts that have begun",
        { PausedBy: { } by } => $"paused by '{by}'",
        { Members: null } => "waiting to hear how the members are",
        { Held: { } held } => $"waiting: {held.Reason}",
        _ when Stopped => "enough hosts failed; waiting for those that have begun",
        _ => "going on",
    };

    private RunHostView View(string host, RunHost how)
    {
        var progress = Progress.GetValueOrDefault(host);
        var reason = how switch
        {
            { End: { } end } => end.Reason + (end.LeftCordoned ? "; its node was left cordoned" : ""),
            { Phase: RunHostPhase.Waiting } => Members?.GetValueOrDefault(host) is { Available: false } ill ? ill.Reason : "",
            { Phase: RunHostPhase.Left } => "left the cluster",
            _ => progress?.Detail ?? "",
        };
        return new RunHostView(HostAddress.Parse(host), how.Phase, progress?.Step ?? how.End?.Step ?? "", progress?.Since ?? how.Since, reason, how.End?.Output ?? "");
    }
}
