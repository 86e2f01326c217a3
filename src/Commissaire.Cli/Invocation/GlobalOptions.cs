using System.CommandLine;
using Commissaire.Output;

namespace Commissaire.Invocation;

/// <summary>The options that every command has. A command's own option of the same short name comes before them.</summary>
internal sealed class GlobalOptions
{
    /// <summary>Where the configuration is.</summary>
    public Option<string?> Config { get; } = new("--config", "-c")
    {
        Description = "Configuration file. Default: $COMMCTL_CONFIG, else ~/.commissaire.json.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>The form of what is printed.</summary>
    public Option<OutputForm?> Output { get; } = new("--output", "-o")
    {
        Description = "Form of the output: yaml, json or table. Default: table on a terminal, else yaml.",
        HelpName = "yaml|json|table",
        Recursive = true,
        CustomParser = argument => Enum.TryParse<OutputForm>(argument.Tokens[0].Value, ignoreCase: true, out var form) && !char.IsAsciiDigit(argument.Tokens[0].Value[0])
            ? form
            : Complain<OutputForm?>(argument, $"argument -o/--output: '{argument.Tokens[0].Value}' is not a form; expected yaml, json or table"),
    };

    /// <summary>Where the server is.</summary>
    public Option<string[]> Endpoint { get; } = new("--endpoint")
    {
        Description = "Base URL of a server, instead of those in the configuration; repeat it for servers to fall back on.",
        HelpName = "URL",
        Recursive = true,
    };

    /// <summary>Who asks.</summary>
    public Option<string?> Username { get; } = new("--username", "-u") { Description = "User to log in as, instead of the one in the configuration.", HelpName = "USER", Recursive = true };

    /// <summary>How they prove it.</summary>
    public Option<string?> PasswordFile { get; } = new("--password-file")
    {
        Description = "File with the password on its first line, or - for standard input. Default: the configuration's password, else a prompt.",
        HelpName = "FILE",
        Recursive = true,
    };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [Config, Output, Endpoint, Username, PasswordFile];

    private static T? Complain<T>(System.CommandLine.Parsing.ArgumentResult argument, string message)
    {
        argument.AddError(message);
        return default;
    }
}
