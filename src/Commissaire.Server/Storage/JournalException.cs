using System.Runtime.Serialization;

namespace Commissaire.Storage;

/// <summary>
/// The journal did not store an event, so nothing has changed. The journal's own exceptions have no common type, and not all of them reach
/// another process: Akka sends an exception only if it has the second constructor.
/// </summary>
internal sealed class JournalException : IOException
{
    public JournalException(string message)
        : base(message)
    {
    }

    [Obsolete("Only Akka calls it.", DiagnosticId = "SYSLIB0051")]
    private JournalException(SerializationInfo info, StreamingContext context)
        : base(info, context)
    {
    }
}
