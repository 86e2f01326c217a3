namespace Commissaire.Invocation;

/// <summary>Ends a command with an error message and an exit code.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCodes.Error) : Exception(message)
{
    /// <summary>The exit code of the program.</summary>
    public int ExitCode { get; } = exitCode;
}
