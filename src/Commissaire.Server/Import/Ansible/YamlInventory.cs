using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Commissaire.Import.Ansible;

/// <summary>Reads an inventory in Ansible's YAML format: groups with <c>hosts</c>, <c>vars</c> and <c>children</c>.</summary>
internal sealed class YamlInventory
{
    private const int MaxNesting = 200;
    private const int MaxNodes = 1_000_000;

    private readonly Inventory _inventory = new();
    private int _nodes;

    private YamlInventory()
    {
    }

    /// <summary>Parses an inventory.</summary>
    /// <exception cref="FormatException">It is invalid; the message has the line.</exception>
    public static Inventory Parse(string text)
    {
        try
        {
            RejectNesting(text);
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            if (yaml.Documents is not [{ RootNode: YamlMappingNode root }])
            {
                throw new FormatException("expected one document: a mapping of groups");
            }

            RejectOtherFiles(root);
            var reader = new YamlInventory();
            foreach (var (name, group) in root.Children)
            {
                reader.AddGroup(NameOf(name), group, 0);
            }

            return reader._inventory;
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}: is not valid YAML", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // The library throws these for some invalid characters.
            throw new FormatException("is not valid YAML", e);
        }
    }

    // The library reads nested nodes by recursion.
    private static void RejectNesting(string text)
    {
        var (parser, depth) = (new Parser(new StringReader(text)), 0);
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > MaxNesting)
            {
                throw new FormatException($"line {parser.Current.Start.Line}: is nested deeper than {MaxNesting} levels");
            }
        }
    }

    private static void RejectOtherFiles(YamlMappingNode root)
    {
        if (root.Children.ContainsKey(new YamlScalarNode("plugin")))
        {
            throw new FormatException($"is the configuration of an inventory plug-in. {InventoryFile.Export}");
        }

        if (root.Children.ContainsKey(new YamlScalarNode("_meta")))
        {
            throw new FormatException($"is the output of 'ansible-inventory --list' without --yaml. {InventoryFile.Export}");
        }
    }

    private void AddGroup(string name, YamlNode group, int depth)
    {
        if (depth > MaxNesting)
        {
            throw At(group, $"group '{name}' contains itself, or is nested too deeply");
        }

        _inventory.AddGroup(name);
        foreach (var (key, value) in Entries(group, $"group '{name}'"))
        {
            switch (key.Text)
            {
                case "children":
                    foreach (var (child, content) in Entries(value, "children"))
                    {
                        AddGroup(child.Text, content, depth + 1);
                        _inventory.AddChild(name, child.Text);
                    }

                    break;
                case "vars":
                    foreach (var (variable, content) in Entries(value, "vars"))
                    {
                        _inventory.SetGroupVariable(name, variable.Text, ValueOf(content));
                    }

                    break;
                case "hosts":
                    foreach (var (entry, variables) in Entries(value, "hosts"))
                    {
                        AddHosts(name, entry, variables);
                    }

                    break;
                default:
                    throw At(key.Node, $"group '{name}': '{key.Text}' is not one of hosts, vars and children");
            }
        }
    }

    private void AddHosts(string group, (string Text, YamlNode Node) entry, YamlNode variables)
    {
        try
        {
            _inventory.AddHosts(group, entry.Text, [.. Entries(variables, $"host '{entry.Text}'")
                .Select(v => KeyValuePair.Create(v.Key.Text, ValueOf(v.Value)))]);
        }
        catch (FormatException e) when (!e.Message.StartsWith("line ", StringComparison.Ordinal))
        {
            throw At(entry.Node, e.Message);
        }
    }

    // The entries of a mapping: those that it merges in (<<) first, so that its own ones replace them.
    private IEnumerable<((string Text, YamlNode Node) Key, YamlNode Value)> Entries(YamlNode node, string what, int merges = 0)
    {
        // Aliases can make a small file mean a large one.
        if (++_nodes > MaxNodes || merges > MaxNesting)
        {
            throw At(node, $"the inventory has more than {MaxNodes} entries");
        }

        // A text instead of a mapping is its only key.
        if (node is YamlScalarNode scalar)
        {
            return IsNull(scalar) ? [] : [((scalar.Value!, node), new YamlScalarNode(""))];
        }

        if (node is not YamlMappingNode mapping)
        {
            throw At(node, $"{what}: expected a mapping");
        }

        _nodes += mapping.Children.Count;
        var merged = mapping.Children.Where(p => IsMerge(p.Key))
            .SelectMany(p => p.Value is YamlSequenceNode list ? list.Children.Reverse() : [p.Value])
            .SelectMany(m => Entries(m, what, merges + 1));
        return merged.Concat(mapping.Children.Where(p => !IsMerge(p.Key)).Select(p => ((NameOf(p.Key), p.Key), p.Value)));
    }

    private static bool IsMerge(YamlNode key) => key is YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain };

    private static bool IsNull(YamlScalarNode scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null" or "Null" or "NULL";

    // Values that are encrypted with ansible-vault have the tag !vault.
    private static Variable ValueOf(YamlNode node) => node is YamlScalarNode scalar
        ? IsNull(scalar) ? new Variable("") : new Variable(scalar.Value!, scalar.Tag.IsEmpty || scalar.Tag.Value is not ['!', ..])
        : new Variable("", IsText: false);

    private static string NameOf(YamlNode key) => key is YamlScalarNode { Value: { Length: > 0 } name }
        ? name
        : throw At(key, "expected a name");

    private static FormatException At(YamlNode node, string problem) => new($"line {node.Start.Line}: {problem}");
}
