using Commissaire.Hosts;

namespace Commissaire.Operations;

public sealed partial record OperationState
{
    /// <summary>The run as others see it.</summary>
    /// <exception cref="InvalidOperationException">It has not begun.</exception>
    public OperationView View() => Definition is { } d
        ? new OperationView(Run, d.Options, d.By, d.MaxUnavailable, d.MaxFailures, Status, Reason, d.At, End?.At, [.. Hosts.Select(h => View(h.Key, h.Value))])
        : throw new InvalidOperationException($"Run {Run} has not begun.");

    /// <summary>How it is.</summary>
    public OperationStatus Status => End switch
    {
        null => OperationStatus.InProcess,
        { Succeeded: true } => OperationStatus.Finished,
        _ => OperationStatus.Failed,
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

    private OperationHostView View(string host, OperationHost how)
    {
        var progress = Progress.GetValueOrDefault(host);
        var reason = how switch
        {
            { End: { } end } => end.Reason + (end.LeftCordoned ? "; its node was left cordoned" : ""),
            { Phase: OperationPhase.Waiting } => Members?.GetValueOrDefault(host) is { Available: false } ill ? ill.Reason : "",
            { Phase: OperationPhase.Left } => "left the cluster",
            _ => progress?.Detail ?? "",
        };
        return new OperationHostView(HostAddress.Parse(host), how.Phase, progress?.Step ?? how.End?.Step ?? "", progress?.Since ?? how.Since, reason, how.End?.Output ?? "");
    }
}
