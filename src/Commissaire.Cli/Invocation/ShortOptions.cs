namespace Commissaire.Invocation;

/// <summary>
/// Gives each short option one meaning per command. The options of commands are those of 2017, so they take precedence over global options.
/// </summary>
internal static class ShortOptions
{
    /// <summary>Removes the short names of global options that an option of the command has. Call it after parsing.</summary>
    public static void HideTaken(Command command, GlobalOptions global)
    {
        var taken = Own(command, global).SelectMany(option => option.Aliases).ToHashSet(StringComparer.Ordinal);
        foreach (var option in global.All)
        {
            foreach (var alias in option.Aliases.Where(taken.Contains).ToList())
            {
                option.Aliases.Remove(alias);
            }
        }
    }

    /// <summary>Rejects a short global option in front of a command that has its own option of this name.</summary>
    /// <exception cref="CommandException">The option has two meanings.</exception>
    public static void RejectAmbiguous(ParseResult parseResult, GlobalOptions global)
    {
        var command = parseResult.CommandResult.Command;
        foreach (var option in global.All)
        {
            if (parseResult.GetResult(option) is { Implicit: false, IdentifierToken.Value: var name }
                && Own(command, global).FirstOrDefault(own => own.Aliases.Contains(name)) is { } own)
            {
                throw new CommandException(
                    $"argument {name}: means {own.Name} in '{command.Name}', but stands in front of it. Use {option.Name} or {own.Name}.");
            }
        }
    }

    private static IEnumerable<Option> Own(Command command, GlobalOptions global) => command.Options.Except(global.All);
}
