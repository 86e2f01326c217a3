namespace Commissaire.Invocation;

/// <summary>Ends a command with an error message and an exit code.</summary>
internal sealed class CommandException(string message, int exitCode = ExitCodes.Error) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
