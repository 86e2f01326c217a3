namespace Commissaire;

/// <summary>The server cannot start. The message tells the operator the reason and the next step.</summary>
internal class StartupException(string message) : Exception(message);

/// <summary>The server cannot start because its database is not available. Starting again later may succeed.</summary>
internal sealed class DatabaseUnavailableException(string message) : StartupException(message);
