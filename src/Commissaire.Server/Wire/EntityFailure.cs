namespace Commissaire.Wire;

/// <summary>
/// What another process learns of an exception that kept an entity from answering: its message. Akka would rebuild the exception from the
/// name of its type, which must not come from a connection.
/// </summary>
internal sealed record EntityFailure(string Message, bool Database)
{
    /// <summary>Its name on the wire.</summary>
    public const string Name = "entity/failure/1";

    public static EntityFailure Of(Status.Failure failure)
    {
        var cause = failure.Cause.GetBaseException();
        return new EntityFailure(cause.Message, cause is DatabaseUnavailableException || Storage.Database.IsDatabaseError(cause));
    }

    public Status.Failure ToStatus() =>
        new(Database ? new DatabaseUnavailableException(Message) : new EntityFailureException(Message));
}

/// <summary>An entity in another process failed to answer.</summary>
internal sealed class EntityFailureException(string message) : Exception(message);
