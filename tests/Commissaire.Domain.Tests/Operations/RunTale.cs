using Commissaire.Hosts;
using Commissaire.Operations;

namespace Commissaire.Domain.Tests.Operations;

/// <summary>One run from message to message: what was said to it, when, and all that it wrote.</summary>
internal sealed class RunTale
{
    public OperationState State { get; private set; } = new(RunStory.Run);

    public DateTimeOffset Now { get; private set; } = RunStory.Start;

    public List<OperationEvent> Journal { get; } = [];

    public OperationReply? Reply { get; private set; }

    /// <summary>Called after each message: the run that had heard it but not judged it, the message, and what it wrote.</summary>
    public Action<OperationState, OperationCommand, OperationEvent[]>? Each { get; init; }

    public OperationEvent[] Tell(OperationCommand command)
    {
        var heard = State.Hear(command);
        var (decided, reply) = heard.Decide(command, Now);
        OperationEvent[] events = [.. decided];
        (State, Reply) = (events.Aggregate(heard, (state, e) => state.Evolve(e)), reply);
        Journal.AddRange(events);
        Each?.Invoke(heard, command, events);
        return events;
    }

    public RunTale Then(params OperationCommand[] commands)
    {
        Array.ForEach(commands, c => Tell(c));
        return this;
    }

    public RunTale Wait(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return Then(new OperationCommand.Tick(RunStory.Run));
    }

    public void Pass(TimeSpan time) => Now += time;

    /// <summary>The server dies, and the run comes back knowing what it wrote and nothing else.</summary>
    public void Crash() => State = Rebuilt();

    public OperationState Rebuilt() => Journal.Aggregate(new OperationState(RunStory.Run), (state, e) => state.Evolve(e));

    public int[] InTurn() => [.. State.Turns.Select(t => int.Parse(t.Host.Value.Split('.')[^1], System.Globalization.CultureInfo.InvariantCulture)).Order()];

    public IEnumerable<HostAddress> Having(OperationPhase phase) => State.Hosts.Where(h => h.Value.Phase == phase).Select(h => HostAddress.Parse(h.Key));
}
