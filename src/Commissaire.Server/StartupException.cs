namespace Commissaire;

/// <summary>The server cannot start; the message says why and what to do, for the person who started it.</summary>
internal sealed class StartupException(string message) : Exception(message);
