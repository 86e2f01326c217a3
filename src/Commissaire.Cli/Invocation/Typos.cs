using Commissaire.Hosts.Ssh;

namespace Commissaire.Invocation;

/// <summary>Finds misspelt commands and options, and suggests what the user may have meant.</summary>
internal static class Typos
{
    /// <summary>Describes an unknown option that the parser took for the value of an argument; null if there is none.</summary>
    public static string? UnknownOption(ParseResult parseResult, GlobalOptions global)
    {
        // No name begins with two dashes. ssh has its own options.
        var command = parseResult.CommandResult.Command;
        var token = command.Arguments.Where(argument => argument.Name != SshArguments.ArgumentName)
            .SelectMany(argument => parseResult.GetResult(argument)?.Tokens ?? [])
            .FirstOrDefault(token => token.Value.StartsWith("--", StringComparison.Ordinal));
        return token is null ? null : $"Unknown option '{token.Value}'.{Suggest(token.Value, command, global)}";
    }

    /// <summary>Returns a question such as <c> Did you mean 'list'?</c>; empty if nothing is similar.</summary>
    public static string Suggest(string token, Command command, GlobalOptions global)
    {
        var (name, known) = token.StartsWith("--", StringComparison.Ordinal)
            ? (token.Split('=')[0], command.Options.Concat(global.All).Where(option => !option.Hidden).Select(option => option.Name))
            : (token, command.Subcommands.SelectMany(child => (string[])[child.Name, .. child.Aliases]));
        return NearestName.Of(name, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";
    }
}
