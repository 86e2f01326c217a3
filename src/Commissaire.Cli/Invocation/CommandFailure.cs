namespace Commissaire.Invocation;

/// <summary>Ends a command: one line for people, and the exit code.</summary>
internal sealed class CommandFailure(string message, int exitCode = ExitCodes.Refused) : Exception(message)
{
    /// <summary>What the program ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
