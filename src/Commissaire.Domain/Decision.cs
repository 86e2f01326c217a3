namespace Commissaire;

/// <summary>The result of a command: the events to persist and the reply to send.</summary>
/// <param name="Events">The events in order; empty if the command changes nothing.</param>
/// <param name="Reply">The reply, sent after all events are persisted; null for none.</param>
public readonly record struct Decision<TEvent, TReply>(ImmutableArray<TEvent> Events, TReply? Reply)
    where TReply : class;
