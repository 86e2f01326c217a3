using System.Collections.Immutable;

namespace Commissaire;

/// <summary>What a state says to a command: what became true, and what the one who asked is told.</summary>
/// <param name="Events">What happened, in order. Empty when the command changes nothing.</param>
/// <param name="Reply">The answer, sent only after every event is in the journal; null when nobody waits for one.</param>
public readonly record struct Decision<TEvent, TReply>(ImmutableArray<TEvent> Events, TReply? Reply)
    where TReply : class;
