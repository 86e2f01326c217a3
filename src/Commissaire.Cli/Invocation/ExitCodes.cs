namespace Commissaire.Invocation;

/// <summary>The exit codes of the program.</summary>
internal static class ExitCodes
{
    /// <summary>The command succeeded; or what it was to show or delete does not exist, for which scripts of 2017 expect 0.</summary>
    public const int Success = 0;

    /// <summary>No server could be reached.</summary>
    public const int Unreachable = 1;

    /// <summary>The server rejected the request or is no Commissaire server, or the command line is invalid.</summary>
    public const int Error = 2;

    /// <summary>The run or host for which the command waited failed.</summary>
    public const int WaitFailed = 3;

    /// <summary>A signal ended the command: add the signal number.</summary>
    public const int SignalBase = 128;
}
