using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Persistence;
using Commissaire.Telemetry;

namespace Commissaire.Storage;

/// <summary>
/// An entity: writes what it decided, takes it in, and then goes on. There may be tens of thousands, so what each does with a message is a switch:
/// handlers that are registered would be objects of each entity, and take as much memory as all that it knows.
/// </summary>
internal abstract class Entity : UntypedPersistentActor
{
    private readonly Metrics _measurements;
    private readonly string _kind;
    private readonly Action _written;
    private Action? _then;
    private long _asked;

    /// <param name="kind">Which kind of entity.</param>
    /// <param name="id">Which one.</param>
    /// <param name="measurements">What is measured of it.</param>
    protected Entity(string kind, string id, Metrics measurements) =>
        (PersistenceId, _measurements, _kind, _written) = ($"{kind}-{id}", measurements, kind, GoOn);

    /// <inheritdoc />
    public override string PersistenceId { get; }

    /// <summary>
    /// Journals events, takes each in, and then goes on. Without events there is nothing to journal: <c>PersistAll</c> would send the journal an
    /// empty batch, which Akka.Persistence.Sql 1.5.73 counts as a failure, and enough of those open its circuit breaker.
    /// </summary>
    protected void Write<TEvent>(ImmutableArray<TEvent> events, Action<TEvent> evolve, Action then)
    {
        if (events.IsEmpty)
        {
            then();
            return;
        }

        // One at a time: until this is written, commands wait.
        (_then, _asked) = (then, Stopwatch.GetTimestamp());
        PersistAll(events, evolve, _written);
    }

    /// <inheritdoc />
    protected override void PreStart()
    {
        _measurements.EntityStarted(_kind);
        base.PreStart();
    }

    /// <inheritdoc />
    protected override void PostStop()
    {
        _measurements.EntityStopped(_kind);
        base.PostStop();
    }

    /// <inheritdoc />
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Sender.Tell(new Status.Failure(cause));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    private void GoOn()
    {
        _measurements.JournalWritten(_asked);
        (var then, _then) = (_then!, null);
        then();
    }
}
