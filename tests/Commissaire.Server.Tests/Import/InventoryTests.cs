using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Commissaire.Import.Ansible;

namespace Commissaire.Server.Tests.Import;

/// <summary>
/// Inventories mean what they mean to Ansible. The files beside this one are inventories, and what Ansible makes of them:
/// <c>ansible-inventory -i FILE --list</c> of ansible-core 2.14.18.
/// </summary>
public sealed class InventoryTests
{
    private static readonly string Files = Path.Combine(Here(), "inventories");

    [Theory]
    [InlineData("plain.ini")]
    [InlineData("priority.ini")]
    [InlineData("tree.yaml")]
    [InlineData("exported.yaml")]
    public void Hosts_groups_and_variables_are_those_that_Ansible_reads(string file)
    {
        var inventory = InventoryFile.Read(Path.Combine(Files, file));
        var ansible = JsonNode.Parse(File.ReadAllText(Path.Combine(Files, Path.ChangeExtension(file, ".json"))))!.AsObject();

        var expected = ansible["_meta"]!["hostvars"]!.AsObject();
        Assert.Equal(expected.Select(h => h.Key).Order(StringComparer.Ordinal), inventory.Hosts.Order(StringComparer.Ordinal));
        foreach (var (host, variables) in inventory.Variables())
        {
            Assert.Equal(
                expected[host]!.AsObject().Where(v => v.Key.StartsWith("ansible_", StringComparison.Ordinal))
                    .Select(v => $"{v.Key}={v.Value}").Order(StringComparer.Ordinal),
                variables.Where(v => v.Key != "ansible_group_priority").Select(v => $"{v.Key}={v.Value.Text}")
                    .Order(StringComparer.Ordinal));
        }

        foreach (var (group, _) in ansible.Where(g => g.Key != "_meta"))
        {
            Assert.Equal(HostsOf(group, ansible).Order(StringComparer.Ordinal), inventory.HostsOf(group).Order(StringComparer.Ordinal));
        }
    }

    [Theory]
    [InlineData("web01:22 a=1 'b=2 3' c=\"d'e\\\"f\\x\" g\\ h=i#j k", "web01:22|a=1|b=2 3|c=d'e\"f\\x|g h=i")]
    [InlineData("  \t ", "")]
    [InlineData("a='' b=\"\"", "a=|b=")]
    [InlineData("# all of it", "")]
    public void Lines_split_into_words_as_in_a_shell(string line, string words) =>
        Assert.Equal(words, string.Join('|', ShellWords.Split(line)));

    [Theory]
    [InlineData("web[01:03]", "web01 web02 web03", null)]
    [InlineData("[a:c].x:22", "a.x b.x c.x", "22")]
    [InlineData("n[:2]", "n0 n1 n2", null)]
    [InlineData("n[8:11]", "n8 n9 n10 n11", null)]
    [InlineData("n[1:6:2]-[x:y]", "n1-x n1-y n3-x n3-y n5-x n5-y", null)]
    [InlineData("[2001:db8::1]:22", "2001:db8::1", "22")]
    [InlineData("[2001:db8::1]", "2001:db8::1", null)]
    [InlineData("fe80::1%eth0", "fe80::1%eth0", null)]
    [InlineData("10.0.0.[1:2]", "10.0.0.1 10.0.0.2", null)]
    public void Ranges_are_expanded(string entry, string names, string? port)
    {
        var (expanded, found) = HostPattern.Expand(entry);
        Assert.Equal((names, port), (string.Join(' ', expanded), found));
    }

    [Theory]
    [InlineData("[1:200000]", "stands for more than 100000 hosts")]
    [InlineData("[1:1000][1:1000]", "stands for more than 100000 hosts")]
    [InlineData("[0:2147483647:2147483647]-[5:1]", "[5:1]: the first end of a range is not after the second one")]
    [InlineData("w[1:", "'w[1:': a [ is not closed")]
    [InlineData("w[1]", "[1]: expected a range")]
    [InlineData("w[1:x]", "[1:x]: expected a range")]
    [InlineData("w[1:9:0]", "[1:9:0]: expected a range")]
    [InlineData("w[01:100]", "[01:100]: both ends")]
    [InlineData("w[1:99999999999]", "[1:99999999999]: expected a range")]
    public void Invalid_ranges_are_errors(string entry, string says) =>
        Assert.StartsWith(says, Assert.Throws<FormatException>(() => HostPattern.Expand(entry)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[web]\nw1 ansible_port", "line 2: expected variables as NAME=VALUE")]
    [InlineData("[web]\nw1 password='open", "line 2: a ' is not closed")]
    [InlineData("w1 \\", "line 1: a backslash ends the line")]
    [InlineData("[web:vars]\na=1", "line 1: there is no group 'web'")]
    [InlineData("[site:children]\nweb", "line 2: there is no group 'web'")]
    [InlineData("[site:children]\nweb db", "line 2: expected the name of a group")]
    [InlineData("[web:nonsense]", "line 1: expected [GROUP], [GROUP:vars] or [GROUP:children]")]
    [InlineData("[two words]", "line 1: expected [GROUP], [GROUP:vars] or [GROUP:children]")]
    [InlineData("---\nall:", "line 1: is YAML")]
    [InlineData("w[1:200000]", "line 1: stands for more")]
    public void Mistakes_in_ini_name_the_line(string text, string says) =>
        Assert.StartsWith(says, Assert.Throws<FormatException>(() => IniInventory.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("all:\n  host:\n    a:", "line 2: group 'all': 'host' is not one of hosts, vars and children")]
    [InlineData("all:\n  hosts: [a, b]", "line 2: hosts: expected a mapping")]
    [InlineData("all:\n  hosts:\n    w[1:: ", "line 3: ")]
    [InlineData("all: x", "line 1: group 'all': 'x' is not one of")]
    [InlineData("- a\n- b", "expected one document: a mapping of groups")]
    [InlineData("", "expected one document: a mapping of groups")]
    [InlineData("all:\n  hosts: {a: {b: [}}", "line 2: is not valid YAML")]
    [InlineData("plugin: aws_ec2", "is the configuration of an inventory plug-in. Let Ansible write")]
    [InlineData("{\"_meta\": {}}", "is the output of 'ansible-inventory --list' without --yaml.")]
    [InlineData("all:\n  hosts: {a: , a: }", "line 2: is not valid YAML")]
    [InlineData("all:\n  children: &x\n    a:\n      children: *x", "line ")]
    public void Mistakes_in_yaml_name_the_line(string text, string says) =>
        Assert.StartsWith(says, Assert.Throws<FormatException>(() => YamlInventory.Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("[a:children]\nb\n[b:children]\na")]
    [InlineData("[a:children]\na")]
    [InlineData("[a:children]\nall")]
    public void A_group_that_contains_itself_is_an_error(string text)
    {
        // Everything is in 'all'.
        var inventory = IniInventory.Parse(text);
        if (text.Contains("all", StringComparison.Ordinal))
        {
            inventory.AddChild("all", "a");
        }

        Assert.Contains("contains itself", Assert.Throws<FormatException>(inventory.Variables).Message, StringComparison.Ordinal);
        Assert.Empty(inventory.HostsOf("a"));
    }

    [Fact]
    public void Deep_and_swelling_yaml_ends_with_an_error()
    {
        var deep = "all: " + string.Concat(Enumerable.Repeat("{children: ", 50_000));
        Assert.Contains("is nested deeper", Assert.Throws<FormatException>(() => YamlInventory.Parse(deep)).Message);

        // Each level names the one below it ten times.
        var swelling = "l0: &l0 {children: {a: }}\n" + string.Concat(Enumerable.Range(1, 9).Select(i =>
            $"l{i}: &l{i} {{children: {{{string.Join(", ", Enumerable.Range(0, 10).Select(j => $"g{i}{j}: *l{i - 1}"))}}}}}\n"));
        Assert.Contains("more than", Assert.Throws<FormatException>(() => YamlInventory.Parse(swelling)).Message);
    }

    [Fact]
    public void Random_changes_to_an_inventory_are_read_or_refused()
    {
        var random = new Random(14);
        foreach (var (file, parse) in new (string, Func<string, Inventory>)[]
            { ("plain.ini", IniInventory.Parse), ("tree.yaml", YamlInventory.Parse) })
        {
            var text = File.ReadAllText(Path.Combine(Files, file));
            for (var i = 0; i < 2000; i++)
            {
                var changed = text.ToCharArray();
                for (var j = random.Next(1, 8); j > 0; j--)
                {
                    changed[random.Next(changed.Length)] = "[]{}:'\"\\#&*<%!\n\t -=?|>0a\0é"[random.Next(24)];
                }

                try
                {
                    _ = parse(new string(changed)).Variables();
                }
                catch (FormatException)
                {
                }
            }
        }
    }

    [Theory]
    [InlineData("#!/bin/sh\necho '{}'", "is a program.")]
    [InlineData(null, "cannot read")]
    public void What_is_not_a_file_of_hosts_is_refused(string? text, string says)
    {
        var file = Path.Combine(Running.RunningServer.NewDataDirectory(), "hosts");
        if (text is not null)
        {
            File.WriteAllText(file, text);
        }

        Assert.Contains(says, Assert.Throws<StartupException>(() => InventoryFile.Read(file)).Message);
    }

    [Fact]
    public void Variables_in_files_beside_the_inventory_are_not_passed_over()
    {
        var directory = Running.RunningServer.NewDataDirectory();
        var file = Path.Combine(directory, "hosts");
        File.WriteAllText(file, "w1");
        Assert.Equal(["w1"], InventoryFile.Read(file).Hosts);
        Directory.CreateDirectory(Path.Combine(directory, "group_vars"));
        Assert.Contains("'group_vars' beside", Assert.Throws<StartupException>(() => InventoryFile.Read(file)).Message);
        Assert.Contains("is a directory", Assert.Throws<StartupException>(() => InventoryFile.Read(directory)).Message);
    }

    private static IEnumerable<string> HostsOf(string group, JsonObject ansible) => group == "all"
        ? ansible["_meta"]!["hostvars"]!.AsObject().Select(h => h.Key)
        : ((ansible[group]?["hosts"]?.AsArray() ?? []).Select(h => h!.ToString()))
            .Concat((ansible[group]?["children"]?.AsArray() ?? []).SelectMany(c => HostsOf(c!.ToString(), ansible))).Distinct();

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
