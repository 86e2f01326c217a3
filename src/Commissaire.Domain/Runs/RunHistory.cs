using System.Diagnostics;
using Commissaire.Hosts;

namespace Commissaire.Runs;

/// <summary>Tells the story of a run from its events.</summary>
public static class RunHistory
{
    /// <summary>An event in words.</summary>
    /// <exception cref="UnreachableException">The event is none that a run writes.</exception>
    public static HistoryLine Tell(RunEvent happened) => happened switch
    {
        RunEvent.Begun e => new("begun",
            $"{e.Options.Plan.Verb.ToWireName()} of {e.Hosts.Length} hosts begun by '{e.By}': at most {e.MaxUnavailable} unavailable, stops at {e.MaxFailures} failed"),
        RunEvent.HostBegan e => new("host-began", $"host {e.Host} has its turn"),
        RunEvent.HostEnded { End: { Outcome: TurnOutcome.Succeeded } } e => new("host-succeeded", $"host {e.Host} is done"),
        RunEvent.HostEnded { End: { Outcome: TurnOutcome.Skipped } end } e => new("host-skipped", $"host {e.Host} was left as it is: {end.Reason}{(end.LeftCordoned ? "; its node was left cordoned before" : "")}"),
        RunEvent.HostEnded e => new("host-failed", $"host {e.Host} failed in step {e.End.Step}: {e.End.Reason}{(e.End.LeftCordoned ? "; its node was left cordoned" : "")}", e.End.Output),
        RunEvent.HostLeft e => new("host-left", $"host {e.Host} left the cluster"),
        RunEvent.Held e => new("held", $"waiting: {e.Reason}"),
        RunEvent.Paused e => new("paused", $"paused by '{e.By}'"),
        RunEvent.Resumed e => new("resumed", $"resumed by '{e.By}'"),
        RunEvent.Cancelled e => new("cancelled", $"cancelled by '{e.By}'"),
        RunEvent.Retried e => new("retried", $"retried by '{e.By}'"),
        RunEvent.Finished { Succeeded: true } e => new("finished", e.Reason),
        RunEvent.Finished e => new("failed", e.Reason),
        _ => throw new UnreachableException($"No words for {happened.GetType()}."),
    };
}
