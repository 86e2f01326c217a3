using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>A run that handles one message at a time, with its clock and its journal.</summary>
internal sealed class RunScenario
{
    public RunState State { get; private set; } = new(RunSamples.Run);

    public DateTimeOffset Now { get; private set; } = RunSamples.Start;

    public List<RunEvent> Journal { get; } = [];

    public RunReply? Reply { get; private set; }

    /// <summary>Called after each message with the state that decided, the message and the new events.</summary>
    public Action<RunState, RunCommand, RunEvent[]>? AfterEach { get; init; }

    public RunEvent[] Handle(RunCommand command)
    {
        var received = State.ApplyMessage(command);
        var (decided, reply) = received.Decide(command, Now);
        RunEvent[] events = [.. decided];
        (State, Reply) = (events.Aggregate(received, (state, e) => state.Evolve(e)), reply);
        Journal.AddRange(events);
        AfterEach?.Invoke(received, command, events);
        return events;
    }

    public RunScenario Receive(params RunCommand[] commands)
    {
        Array.ForEach(commands, c => Handle(c));
        return this;
    }

    public RunScenario Wait(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        return Receive(new RunCommand.Tick(RunSamples.Run));
    }

    public void Advance(TimeSpan time) => Now += time;

    /// <summary>Restores the run from its journal, as after a crash of the server.</summary>
    public void Crash() => State = Replayed();

    public RunState Replayed() => Journal.Aggregate(new RunState(RunSamples.Run), (state, e) => state.Evolve(e));

    public int[] InTurn() =>
        [.. State.Turns.Select(t => int.Parse(t.Host.Value.Split('.')[^1], System.Globalization.CultureInfo.InvariantCulture)).Order()];

    public IEnumerable<HostAddress> HostsIn(RunHostPhase phase) =>
        State.Hosts.Where(h => h.Value.Phase == phase).Select(h => HostAddress.Parse(h.Key));
}
