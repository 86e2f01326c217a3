using System.CommandLine;

namespace Commissaire.Configuration;

/// <summary>Long options by their beginnings, as the manual of 2017 writes them: <c>--no-config</c>.</summary>
internal static class Abbreviations
{
    /// <summary>A command line with its options in full. What begins no option is left for the parser to refuse.</summary>
    /// <param name="command">Whose options; those of its subcommands have no short forms.</param>
    /// <param name="arguments">The command line.</param>
    /// <exception cref="StartupException">A beginning is that of several options.</exception>
    public static IReadOnlyList<string> InFull(Command command, IReadOnlyList<string> arguments)
    {
        var full = new List<string>(arguments);
        for (var i = 0; i < full.Count && full[i] != "--" && command.Subcommands.All(c => c.Name != full[i]); i++)
        {
            if (!full[i].StartsWith('-'))
            {
                continue;
            }

            var given = full[i];
            var end = given.AsSpan().IndexOfAny('=', ':') is >= 0 and var at ? at : given.Length;
            if (Meant(command, given[..end]) is { } option)
            {
                full[i] = option.Name + given[end..];

                // The value of an option is nobody's beginning.
                i += end == given.Length && option.Arity.MinimumNumberOfValues > 0 ? 1 : 0;
            }
        }

        return full;
    }

    private static Option? Meant(Command command, string name)
    {
        if (command.Options.FirstOrDefault(o => o.Name == name || o.Aliases.Contains(name)) is { } exact)
        {
            return exact;
        }

        var begun = name.Length > 2 && name.StartsWith("--", StringComparison.Ordinal)
            ? command.Options.Where(o => o.Name.StartsWith(name, StringComparison.Ordinal)).ToList()
            : [];
        return begun.Count > 1
            ? throw new StartupException($"{name}: could be {string.Join(", ", begun.Select(o => o.Name).Order(StringComparer.Ordinal))}; write more of it.")
            : begun.FirstOrDefault();
    }
}
