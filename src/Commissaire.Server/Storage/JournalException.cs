namespace Commissaire.Storage;

/// <summary>The journal did not store an event, so nothing has changed. The journal's own exceptions have no common type.</summary>
internal sealed class JournalException(string message) : IOException(message);
