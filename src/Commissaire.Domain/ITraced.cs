namespace Commissaire;

/// <summary>A message or event that a request caused, possibly in another process or after a restart.</summary>
public interface ITraced
{
    /// <summary>The W3C <c>traceparent</c> of the request; null if the request is not traced. It is passed on unchanged.</summary>
    string? Trace { get; }
}
