using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Persistence;
using Commissaire.Telemetry;

namespace Commissaire.Storage;

/// <summary>
/// A persistent entity. There may be tens of thousands, so subclasses handle messages in a switch: handlers registered with
/// <c>ReceivePersistentActor</c> would take as much memory for each entity as its state.
/// </summary>
internal abstract class Entity : UntypedPersistentActor
{
    private readonly Metrics _metrics;
    private readonly ChangeLog _log;
    private readonly string _kind;
    private readonly Action _onWritten;
    private List<IActorRef>? _waiting;
    private Action? _afterWrite;
    private long _writeStarted;

    protected Entity(string kind, string id, Metrics metrics, ChangeLog log) =>
        (PersistenceId, _metrics, _log, _kind, _onWritten) = ($"{kind}-{id}", metrics, log, kind, OnWritten);

    public override string PersistenceId { get; }

    /// <summary>
    /// Persists events, applies each to the state, then continues. Skips <c>PersistAll</c> if there are no events: Akka.Persistence.Sql
    /// 1.5.73 counts an empty batch as a failure, and several failures open its circuit breaker.
    /// </summary>
    protected void Write<TEvent>(ImmutableArray<TEvent> events, Action<TEvent> evolve, Action then)
    {
        if (events.IsEmpty)
        {
            then();
            return;
        }

        // One field is enough: Akka.Persistence stashes commands until the batch is written.
        (_afterWrite, _writeStarted) = (then, Stopwatch.GetTimestamp());
        PersistAll(events, evolve, _onWritten);
    }

    /// <summary>Logs an event that is stored.</summary>
    protected void LogChange(HistoryLine line, Caller? caller) => _log.Write(_kind, PersistenceId[(_kind.Length + 1)..], line, caller);

    protected override void PreStart()
    {
        _metrics.EntityStarted(_kind);
        base.PreStart();
    }

    protected override void PostStop()
    {
        _metrics.EntityStopped(_kind);
        base.PostStop();
    }

    // Akka.Persistence keeps commands until the events are read. If they cannot be read it drops them, and who sent them would wait.
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (IsRecovering && !Sender.IsNobody() && !Sender.Equals(Self) && message is not IJournalMessage)
        {
            (_waiting ??= []).Add(Sender);
        }
        else if (_waiting is not null && !IsRecovering)
        {
            _waiting = null;
        }

        return base.AroundReceive(receive, message);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        var failure = new Status.Failure(new JournalException(reason.GetBaseException().Message));
        _waiting?.ForEach(sender => sender.Tell(failure));
        base.OnRecoveryFailure(reason, message);
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Sender.Tell(new Status.Failure(new JournalException(cause.GetBaseException().Message)));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    private void OnWritten()
    {
        _metrics.JournalWritten(_writeStarted);
        (var then, _afterWrite) = (_afterWrite!, null);
        then();
    }
}
