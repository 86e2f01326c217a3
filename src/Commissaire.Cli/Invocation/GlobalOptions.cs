using Commissaire.Output;

namespace Commissaire.Invocation;

/// <summary>The options of every command. An option of a command takes precedence over a global option with the same short name.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Config { get; } = Options.Text(
        ["--config", "-c"], "FILE", "Configuration file. Default: $COMMCTL_CONFIG, else ~/.commissaire.json.");

    public Option<OutputFormat?> Output { get; } = Options.Parsed(
        ["--output", "-o"], "yaml|json|table", "Output format: yaml, json or table. Default: table on a terminal, else yaml.",
        "yaml, json or table", text =>
            Enum.TryParse<OutputFormat>(text, ignoreCase: true, out var format) && Enum.IsDefined(format) ? format : (OutputFormat?)null);

    public Option<string[]> Endpoint { get; } = new("--endpoint")
    {
        Description = "Base URL of the server. Repeat it to name servers to try in order. Default: the endpoints in the configuration.",
        HelpName = "URL",
    };

    public Option<string?> Username { get; } = Options.Text(
        ["--username", "-u"], "USER", "User to authenticate as. Default: the user in the configuration.");

    public Option<string?> PasswordFile { get; } = Options.Text(
        ["--password-file"], "FILE",
        "File with the password on its first line; - for standard input. Default: the configured password, else a prompt.");

    public Option<string?> Ca { get; } = Options.Text(
        ["--ca"], "FILE",
        "Certificate authorities of an https server, in PEM. Default: the authorities in the configuration, else those of the system.");

    public IReadOnlyList<Option> All => [Config, Output, Endpoint, Ca, Username, PasswordFile];
}
