using System.Diagnostics;
using Commissaire.Runs;
using Commissaire.Telemetry;

namespace Commissaire.Hosts;

// Spans follow from the state: after a crash they start again, with their original start times.
internal sealed partial class HostActor
{
    private Activity? _turnSpan;
    private (string Step, Activity? Span)? _nodeStep;

    // Below the turn where there is one; the trace in the state survives a crash.
    private string? TurnTrace => _turnSpan?.Id ?? _state.Turn?.Trace;

    private void FollowTurn()
    {
        var turn = _state.Turn is { End: null } active ? active : null;
        var step = _state.TurnStep is { } started && TurnSteps.OfNode(started) ? started : null;
        if (_nodeStep is { } current && current.Step != step)
        {
            var failed = _state.Turn?.Problem?.Step == current.Step;
            Tracing.End(current.Span, failed ? "failed" : "completed", failed ? "the step failed" : null);
            _nodeStep = null;
        }

        if (_turnSpan is not null && turn is null)
        {
            var end = _state.Turn?.End;
            Tracing.End(_turnSpan, end?.Outcome.ToWireName(), end?.Outcome == TurnOutcome.Failed ? $"step {end.Step} failed" : null);
            _turnSpan = null;
        }

        if (turn is { Trace: not null })
        {
            _turnSpan ??= Tracing.Begin($"turn {turn.Plan.Verb.ToWireName()}", TracedWork(turn.Trace, null, turn.Run), turn.Began);
            _nodeStep ??= step is null ? null : (step, Tracing.Begin($"manager {step}", TracedWork(TurnTrace, step, turn.Run), turn.Since));
        }
    }

    private void EndSpans()
    {
        Tracing.End(_nodeStep?.Span, null, null);
        Tracing.End(_turnSpan, null, null);
    }

    private TracedWork TracedWork(HostTask task) => task switch
    {
        HostTask.TurnStep(var run, var step) => TracedWork(TurnTrace, step, run),
        HostTask.BootstrapStep(var step) => TracedWork(_state.Trace, step, null),
        HostTask.Investigate => TracedWork(_state.Trace, "investigate", null),
        _ => TracedWork(null, null, null),
    };

    private TracedWork TracedWork(string? trace, string? step, RunId? run) =>
        new(trace, _state.Address, _state.Membership?.Cluster, step, run);
}
