using Commissaire.Output;

namespace Commissaire.Invocation;

/// <summary>The streams, terminal, variables and clock that commands use. Tests replace them.</summary>
internal sealed record CliEnvironment
{
    /// <summary>Standard output: results.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Standard error: progress, warnings and errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>Whether standard output is a terminal.</summary>
    public required bool OutputIsTerminal { get; init; }

    /// <summary>Whether standard error is a terminal.</summary>
    public required bool ErrorIsTerminal { get; init; }

    /// <summary>Prompts the user for a line, which may be secret. Returns null without a terminal.</summary>
    public required Func<string, bool, CancellationToken, Task<string?>> Prompt { get; init; }

    /// <summary>Returns an environment variable, or null.</summary>
    public required Func<string, string?> GetVariable { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Creates the environment of the process.</summary>
    public static CliEnvironment ForProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        OpenInput = Console.OpenStandardInput,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Prompt = Terminal.Prompt,
        GetVariable = Environment.GetEnvironmentVariable,
        Clock = TimeProvider.System,
    };

    /// <summary>The home directory of the user.</summary>
    public string Home =>
        GetVariable("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
