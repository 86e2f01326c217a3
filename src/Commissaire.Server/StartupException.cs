namespace Commissaire;

/// <summary>The server cannot start; the message says why and what to do, for the person who started it.</summary>
internal class StartupException(string message) : Exception(message);

/// <summary>The server cannot start because its database cannot be used now; that may pass.</summary>
internal sealed class DatabaseUnavailableException(string message) : StartupException(message);
