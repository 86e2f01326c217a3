namespace Commissaire;

/// <summary>Something that goes back to a request, although it may be done later, by another process, or after a crash.</summary>
public interface ITraced
{
    /// <summary>
    /// The place of that request in its trace, as the header <c>traceparent</c> of W3C Trace Context says it; null when nobody records it.
    /// It is handed on as it is, and nothing is decided by it.
    /// </summary>
    string? Trace { get; }
}
