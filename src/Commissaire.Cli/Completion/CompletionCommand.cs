namespace Commissaire.Completion;

/// <summary><c>commctl completion</c>.</summary>
internal static class CompletionCommand
{
    public static DocumentedCommand Build(CommandFactory factory)
    {
        var shell = new Argument<string>("SHELL") { Description = "Shell: bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new DocumentedCommand("completion", "Print a completion script for a shell.", """
            Examples:
              source <(commctl completion bash)
              commctl completion zsh > "${fpath[1]}/_commctl"
              commctl completion fish > ~/.config/fish/completions/commctl.fish
            """) { shell };
        command.SetAction(parseResult =>
            factory.Environment.Output.Write(EmbeddedFiles.ReadText($"commctl.{parseResult.GetRequiredValue(shell)}")));
        return command;
    }
}
