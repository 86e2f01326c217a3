using System.Text.RegularExpressions;

namespace Commissaire.Import.Ansible;

/// <summary>Reads an inventory in Ansible's INI format, which is one of its own: hosts are lines of shell words.</summary>
internal static partial class IniInventory
{
    /// <summary>Parses an inventory.</summary>
    /// <exception cref="FormatException">A line is invalid; the message has its number.</exception>
    public static Inventory Parse(string text)
    {
        var inventory = new Inventory();
        var (group, section, number) = (Inventory.Ungrouped, "hosts", 0);
        var declared = new HashSet<string>(inventory.Groups, StringComparer.Ordinal);
        var mentioned = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n').Select(l => l.Trim()))
        {
            number++;
            try
            {
                if (line.Length == 0 || line[0] is '#' or ';')
                {
                    continue;
                }

                if (Section().Match(line) is { Success: true } header)
                {
                    (group, section) = (header.Groups["group"].Value, header.Groups["kind"].Value);
                    inventory.AddGroup(group);
                    _ = section == "vars" ? mentioned.TryAdd(group, number) : declared.Add(group);
                }
                else if (line[0] == '[' && line[^1] == ']')
                {
                    throw new FormatException("expected [GROUP], [GROUP:vars] or [GROUP:children]");
                }
                else if (section == "children")
                {
                    var child = Name().Match(line) is { Success: true } match
                        ? match.Groups["group"].Value : throw new FormatException("expected the name of a group");
                    inventory.AddChild(group, child);
                    mentioned.TryAdd(child, number);
                }
                else if (section == "vars")
                {
                    var (name, value) = Assignment(line);
                    inventory.SetGroupVariable(group, name.Trim(), Literal(value.Trim()));
                }
                else
                {
                    AddHosts(inventory, group, line);
                }
            }
            catch (FormatException e)
            {
                throw new FormatException($"line {number}: {e.Message}");
            }
        }

        return mentioned.FirstOrDefault(m => !declared.Contains(m.Key)) is { Key: { } undeclared, Value: var at }
            ? throw new FormatException($"line {at}: there is no group '{undeclared}'")
            : inventory;
    }

    private static void AddHosts(Inventory inventory, string group, string line)
    {
        if (ShellWords.Split(line) is not [var entry, .. var assignments])
        {
            return;
        }

        if (entry == "---")
        {
            throw new FormatException("is YAML. Give the file the extension .yaml");
        }

        inventory.AddHosts(group, entry, [.. assignments.Select(a =>
        {
            var (name, value) = Assignment(a);
            return KeyValuePair.Create(name, Literal(value));
        })]);
    }

    // The error must not repeat the text, which may be a password.
    private static (string Name, string Value) Assignment(string text) => text.Split('=', 2) is [{ } name, { } value]
        ? (name, value)
        : throw new FormatException("expected variables as NAME=VALUE");

    // Ansible reads values as Python literals where they are some. Python ignores a comment behind them, but not behind other text.
    private static Variable Literal(string value) => PythonLiteral().Match(value) is { Success: true } literal
        ? new Variable(literal.Groups["text"].Value)
        : new Variable(value, value is not (['[', ..] or ['{', not '{', ..]));

    [GeneratedRegex(@"\A\[(?<group>[^:\]\s]+)(?::(?<kind>vars|children|hosts))?\]\s*(?:#.*)?\z")]
    private static partial Regex Section();

    [GeneratedRegex(@"\A(?<group>[^:\]\s]+)\s*(?:#.*)?\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(?:""(?<text>[^""\\]*)""|'(?<text>[^'\\]*)'|(?<text>[1-9][0-9]*))\s*(?:#.*)?\z")]
    private static partial Regex PythonLiteral();
}
