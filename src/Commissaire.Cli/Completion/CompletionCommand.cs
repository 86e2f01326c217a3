using System.CommandLine;
using Commissaire.Invocation;

namespace Commissaire.Completion;

/// <summary><c>commctl completion</c>.</summary>
internal static class CompletionCommand
{
    /// <summary>The command.</summary>
    public static Verb Build(Cli cli)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Verb("completion", "Write a script that teaches a shell to complete commctl's command lines.", """
            Examples:
              source <(commctl completion bash)
              commctl completion zsh > "${fpath[1]}/_commctl"
              commctl completion fish > ~/.config/fish/completions/commctl.fish
            """) { shell };
        command.SetAction(line => cli.World.Output.Write(Resources.Text($"commctl.{line.GetRequiredValue(shell)}")));
        return command;
    }
}
