using Akka.Pattern;
using Commissaire.Storage;

namespace Commissaire.Wire;

/// <summary>
/// What another process learns of an exception that kept an entity from answering: its message, and whether a later attempt may work. Akka
/// would rebuild the exception from the name of its type, which must not come from a connection.
/// </summary>
internal sealed record EntityFailure(string Message, bool Temporary)
{
    /// <summary>Its name on the wire.</summary>
    public const string Name = "entity/failure/1";

    public static EntityFailure Of(Status.Failure failure) =>
        new(failure.Cause.GetBaseException().Message, IsTemporary(failure.Cause));

    /// <summary>Whether a later attempt may work: the database did not take a write, or could not be reached.</summary>
    public static bool IsTemporary(Exception e) =>
        e is OpenCircuitException or JournalException or EntityFailureException { IsTemporary: true } || Database.IsUnavailable(e);

    public Status.Failure ToStatus() => new(new EntityFailureException(Message, Temporary));
}

/// <summary>An entity in another process could not answer.</summary>
internal sealed class EntityFailureException(string message, bool temporary) : Exception(message)
{
    /// <summary>Whether a later attempt may work.</summary>
    public bool IsTemporary { get; } = temporary;
}
