using System.Diagnostics;
using Commissaire.Hosts;

namespace Commissaire.Operations;

/// <summary>Tells the story of a run from its events.</summary>
public static class OperationHistory
{
    /// <summary>An event in words.</summary>
    /// <exception cref="UnreachableException">The event is none that a run writes.</exception>
    public static Happening Tell(OperationEvent happened) => happened switch
    {
        OperationEvent.Begun e => new("begun",
            $"{e.Options.Plan.Verb.Word()} of {e.Hosts.Length} hosts begun by '{e.By}': at most {e.MaxUnavailable} unavailable, stops at {e.MaxFailures} failed"),
        OperationEvent.HostBegan e => new("host-began", $"host {e.Host} has its turn"),
        OperationEvent.HostEnded { End: { Outcome: TurnOutcome.Succeeded } } e => new("host-succeeded", $"host {e.Host} is done"),
        OperationEvent.HostEnded { End: { Outcome: TurnOutcome.Skipped } end } e => new("host-skipped", $"host {e.Host} was left as it is: {end.Reason}{(end.LeftCordoned ? "; its node was left cordoned before" : "")}"),
        OperationEvent.HostEnded e => new("host-failed", $"host {e.Host} failed in step {e.End.Step}: {e.End.Reason}{(e.End.LeftCordoned ? "; its node was left cordoned" : "")}", e.End.Output),
        OperationEvent.HostLeft e => new("host-left", $"host {e.Host} left the cluster"),
        OperationEvent.Held e => new("held", $"waiting: {e.Reason}"),
        OperationEvent.Paused e => new("paused", $"paused by '{e.By}'"),
        OperationEvent.Resumed e => new("resumed", $"resumed by '{e.By}'"),
        OperationEvent.Cancelled e => new("cancelled", $"cancelled by '{e.By}'"),
        OperationEvent.Retried e => new("retried", $"retried by '{e.By}'"),
        OperationEvent.Finished { Succeeded: true } e => new("finished", e.Reason),
        OperationEvent.Finished e => new("failed", e.Reason),
        _ => throw new UnreachableException($"No words for {happened.GetType()}."),
    };
}
