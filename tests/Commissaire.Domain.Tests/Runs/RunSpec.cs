using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>One run from message to message: what was said to it, when, and all that it wrote.</summary>
internal sealed class RunSpec
{
    public RunState State { get; private set; } = new(RunScenario.Run);

    public DateTimeOffset Now { get; private set; } = RunScenario.Start;

    public List<RunEvent> Journal { get; } = [];

    public RunReply? Reply { get; private set; }

    /// <summary>Called after each message: the run that had heard it but not judged it, the message, and what it wrote.</summary>
    public Action<RunState, RunCommand, RunEvent[]>? Each { get; init; }

    public RunEvent[] Tell(RunCommand command)
    {
        var heard = State.ApplyMessage(command);
        var (decided, reply) = heard.Decide(command, Now);
        RunEvent[] events = [.. decided];
        (State, Reply) = (events.Aggregate(heard, (state, e) => state.Evolve(e)), reply);
        Journal.AddRange(events);
        Each?.Invoke(heard, command, events);
        return events;
    }

    public RunSpec Then(params RunCommand[] commands)
    {
        Array.ForEach(commands, c => Tell(c));
        return this;
    }

    public RunSpec Wait(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return Then(new RunCommand.Tick(RunScenario.Run));
    }

    public void Pass(TimeSpan time) => Now += time;

    /// <summary>The server dies, and the run comes back knowing what it wrote and nothing else.</summary>
    public void Crash() => State = Rebuilt();

    public RunState Rebuilt() => Journal.Aggregate(new RunState(RunScenario.Run), (state, e) => state.Evolve(e));

    public int[] InTurn() => [.. State.Turns.Select(t => int.Parse(t.Host.Value.Split('.')[^1], System.Globalization.CultureInfo.InvariantCulture)).Order()];

    public IEnumerable<HostAddress> Having(RunHostPhase phase) => State.Hosts.Where(h => h.Value.Phase == phase).Select(h => HostAddress.Parse(h.Key));
}
