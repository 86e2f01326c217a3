using System.CommandLine;

namespace Commissaire.Configuration;

/// <summary>Expands unambiguous prefixes of long options, such as <c>--no-config</c>, which the manual of 2017 uses.</summary>
internal static class OptionPrefixes
{
    /// <summary>Replaces prefixes of the options of a command, but not of its subcommands, with full names.</summary>
    /// <exception cref="StartupException">A prefix is ambiguous.</exception>
    public static IReadOnlyList<string> Expand(Command command, IReadOnlyList<string> arguments)
    {
        var expanded = new List<string>(arguments);
        for (var i = 0; i < expanded.Count && expanded[i] != "--" && command.Subcommands.All(c => c.Name != expanded[i]); i++)
        {
            var argument = expanded[i];
            var end = argument.AsSpan().IndexOfAny('=', ':') is >= 0 and var index ? index : argument.Length;
            if (Match(command, argument[..end]) is { } option)
            {
                expanded[i] = option.Name + argument[end..];

                // Skip the value of the option.
                i += end == argument.Length && option.Arity.MinimumNumberOfValues > 0 ? 1 : 0;
            }
        }

        return expanded;
    }

    private static Option? Match(Command command, string name)
    {
        if (command.Options.FirstOrDefault(o => o.Name == name || o.Aliases.Contains(name)) is { } exact)
        {
            return exact;
        }

        var matches = name.Length > 2 && name.StartsWith("--", StringComparison.Ordinal)
            ? command.Options.Where(o => o.Name.StartsWith(name, StringComparison.Ordinal)).ToList()
            : [];
        return matches.Count > 1
            ? throw new StartupException(
                $"{name}: is ambiguous. Use one of {string.Join(", ", matches.Select(o => o.Name).Order(StringComparer.Ordinal))}.")
            : matches.FirstOrDefault();
    }
}
