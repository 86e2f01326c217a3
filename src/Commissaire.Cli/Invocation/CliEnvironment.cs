using Commissaire.Output;

namespace Commissaire.Invocation;

/// <summary>The streams, terminal, variables and clock that commands use. Tests replace them.</summary>
internal sealed record CliEnvironment
{
    /// <summary>Standard output: results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error: progress, warnings and errors.</summary>
    public required TextWriter Error { get; init; }

    public required Func<Stream> OpenInput { get; init; }

    public required bool OutputIsTerminal { get; init; }

    public required bool ErrorIsTerminal { get; init; }

    public required bool InputIsTerminal { get; init; }

    /// <summary>Whether a person reads what is printed, and can answer.</summary>
    public bool IsInteractive => InputIsTerminal && OutputIsTerminal;

    /// <summary>The width of the terminal, in characters.</summary>
    public required Func<int> GetTerminalWidth { get; init; }

    /// <summary>Prompts the user for a line, which may be secret. Returns null without a terminal.</summary>
    public required Func<string, bool, CancellationToken, Task<string?>> Prompt { get; init; }

    public required Func<string, string?> GetVariable { get; init; }

    public required TimeProvider Clock { get; init; }

    public static CliEnvironment ForProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        OpenInput = Console.OpenStandardInput,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        InputIsTerminal = !Console.IsInputRedirected,
        GetTerminalWidth = () => Console.WindowWidth,
        Prompt = Terminal.Prompt,
        GetVariable = Environment.GetEnvironmentVariable,
        Clock = TimeProvider.System,
    };

    /// <summary>How standard output shows tables; null if it is not a terminal.</summary>
    public TerminalView? TerminalView => OutputIsTerminal && GetTerminalWidth() is > 0 and var width
        ? new TerminalView(width, Clock.GetUtcNow())
        : null;

    public string Home =>
        GetVariable("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
