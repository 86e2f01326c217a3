using System.Diagnostics;

namespace Commissaire.Runs;

/// <summary>The history of a run.</summary>
public static class RunHistory
{
    /// <summary>Describes an event for the history.</summary>
    public static HistoryLine Describe(RunEvent e) => e switch
    {
        RunEvent.Begun b => new("begun", $"{b.Options.Plan.Verb.ToWireName()} of {b.Hosts.Length} hosts begun by '{b.By}': "
            + $"at most {b.MaxUnavailable} unavailable, stops at {b.MaxFailures} failed"),
        RunEvent.HostBegan { Stages: true } h => new("host-began-staging", $"host {h.Host} began to stage its image"),
        RunEvent.HostBegan h => new("host-began", $"host {h.Host} began its turn"),
        RunEvent.HostEnded h => h.End.Outcome switch
        {
            TurnOutcome.Succeeded when h.Stages => new("host-staged",
                $"host {h.Host} staged its image{(h.End.Reason.Length > 0 ? $": {h.End.Reason}" : "")}"),
            TurnOutcome.Skipped when h.Stages => new("host-staged-nothing", $"host {h.Host} staged nothing: {h.End.Reason}"),
            TurnOutcome.Succeeded => new("host-succeeded",
                $"host {h.Host} succeeded{(h.End.Reason.Length > 0 ? $": {h.End.Reason}" : "")}"),
            TurnOutcome.Skipped => new("host-skipped",
                $"host {h.Host} was skipped: {h.End.Reason}{(h.End.LeftCordoned ? "; an earlier turn left its node cordoned" : "")}"),
            _ => new("host-failed",
                $"host {h.Host} failed in step {h.End.Step}: {h.End.Reason}{(h.End.LeftCordoned ? "; its node was left cordoned" : "")}",
                    h.End.Output),
        },
        RunEvent.HostLeft h => new("host-left", $"host {h.Host} left the cluster"),
        RunEvent.Held h => new("held", $"waiting: {h.Reason}"),
        RunEvent.Paused p => new("paused", $"paused by '{p.By}'"),
        RunEvent.Resumed r => new("resumed", $"resumed by '{r.By}'"),
        RunEvent.Cancelled c => new("cancelled", $"cancelled by '{c.By}'"),
        RunEvent.Retried r => new("retried", $"retried by '{r.By}'"),
        RunEvent.Finished f => new(f.Succeeded ? "finished" : "failed", f.Reason),
        _ => throw new UnreachableException($"Unknown event {e.GetType()}."),
    };
}
