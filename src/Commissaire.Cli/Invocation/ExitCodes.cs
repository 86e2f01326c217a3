namespace Commissaire.Invocation;

/// <summary>What the program ends with.</summary>
internal static class ExitCodes
{
    /// <summary>Done. Also when what was asked for does not exist: scripts of 2017 count on that.</summary>
    public const int Done = 0;

    /// <summary>No server could be reached.</summary>
    public const int Unreachable = 1;

    /// <summary>The server refused, or the command line was wrong.</summary>
    public const int Refused = 2;

    /// <summary>What was waited for came to a bad end.</summary>
    public const int Failed = 3;

    /// <summary>Ended by a signal: this and its number.</summary>
    public const int Signal = 128;
}
