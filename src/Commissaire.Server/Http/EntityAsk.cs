using Akka.Actor;

namespace Commissaire.Http;

/// <summary>How endpoints ask entities.</summary>
internal static class EntityAsk
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Asks, and waits ten seconds for the answer, as clients have always had to.</summary>
    /// <exception cref="AskTimeoutException">No answer came: the exception handler makes it a 503.</exception>
    public static Task<TReply> AskAsync<TReply>(this IActorRef entity, object question, CancellationToken ct) => entity.Ask<TReply>(question, AskTimeout, ct);
}
