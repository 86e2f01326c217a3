using System.Diagnostics;
using Commissaire.Runs;
using Commissaire.Telemetry;

namespace Commissaire.Hosts;

// Spans are derived from the state like everything else that goes on: after a crash they are begun again, as of when they began then.
internal sealed partial class HostActor
{
    private Activity? _turnSpan;
    private (string Name, Activity? Span)? _nodeStep;

    private void FollowTurn()
    {
        var turn = _state.Turn is { End: null } going ? going : null;
        var step = _state.TurnStep is { } started && TurnSteps.OfNode(started) ? started : null;
        if (_nodeStep is { } under && under.Name != step)
        {
            var failed = _state.Turn?.Problem?.Step == under.Name;
            Tracing.End(under.Span, failed ? "failed" : "completed", failed ? "it was not done" : null);
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
            _turnSpan ??= Tracing.Begin($"turn {turn.Plan.Verb.ToWireName()}", Traced(turn.Trace, null, turn.Run), turn.Began);
            _nodeStep ??= step is null ? null : (step, Tracing.Begin($"manager {step}", Traced(TraceOfTurn, step, turn.Run), turn.Since));
        }
    }

    private void GiveUpSpans()
    {
        Tracing.End(_nodeStep?.Span, null, null);
        Tracing.End(_turnSpan, null, null);
    }

    // Below the turn where there is one, which no crash has lost.
    private string? TraceOfTurn => _turnSpan?.Id ?? _state.Turn?.Trace;

    private TracedWork Traced(HostEffect effect) => effect switch
    {
        HostEffect.TakeStep(var run, var step) => Traced(TraceOfTurn, step, run),
        HostEffect.RunStep(var step) => Traced(_state.Trace, step, null),
        HostEffect.Investigate => Traced(_state.Trace, "investigate", null),
        _ => Traced(null, null, null),
    };

    private TracedWork Traced(string? trace, string? step, RunId? run) => new(trace, _state.Address, _state.Membership?.Cluster, step, run);
}
