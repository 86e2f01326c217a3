using Commissaire.Output;

namespace Commissaire.Invocation;

/// <summary>What a command finds around it; tests bring their own.</summary>
internal sealed record Surroundings
{
    /// <summary>Where data goes.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Where words for people go.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Standard input.</summary>
    public required Func<Stream> Input { get; init; }

    /// <summary>Whether data goes to a terminal.</summary>
    public required bool OutputIsTerminal { get; init; }

    /// <summary>Whether words go to a terminal.</summary>
    public required bool ErrorIsTerminal { get; init; }

    /// <summary>Asks somebody at the terminal, if there is one: what for, and whether it is secret.</summary>
    public required Func<string, bool, CancellationToken, Task<string?>> Ask { get; init; }

    /// <summary>An environment variable.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>The time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Those of the process.</summary>
    public static Surroundings OfProcess() => new()
    {
        Output = Console.Out,
        Error = Console.Error,
        Input = Console.OpenStandardInput,
        OutputIsTerminal = !Console.IsOutputRedirected,
        ErrorIsTerminal = !Console.IsErrorRedirected,
        Ask = Terminal.Ask,
        Variable = Environment.GetEnvironmentVariable,
        Clock = TimeProvider.System,
    };

    /// <summary>The home of the user.</summary>
    public string Home => Variable("HOME") is { Length: > 0 } home ? home : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
}
