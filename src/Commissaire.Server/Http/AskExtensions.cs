namespace Commissaire.Http;

internal static class AskExtensions
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Asks in the name of the caller of the request, and waits up to ten seconds for the reply, or up to a longer timeout.
    /// </summary>
    /// <exception cref="AskTimeoutException">No reply within the timeout: <see cref="Errors"/> answers 503.</exception>
    public static Task<TReply> AskAsync<TReply>(this IActorRef entity, object message, CancellationToken ct, TimeSpan? timeout = null) =>
        entity.Ask<TReply>(CurrentCaller.With(message), timeout ?? Timeout, ct);
}
