using System.Globalization;

namespace Commissaire.Import.Ansible;

/// <summary>
/// The value of a variable: its text; empty for null. A list, a mapping or an encrypted value has no text that an import could use.
/// </summary>
internal readonly record struct Variable(string Text, bool IsText = true);

/// <summary>The groups, hosts and variables of an Ansible inventory. Only Ansible's own variables (<c>ansible_…</c>) are kept.</summary>
internal sealed class Inventory
{
    /// <summary>The group of hosts that are named outside of any group.</summary>
    public const string Ungrouped = "ungrouped";

    private const string All = "all";
    private const int MaxNesting = 100;

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, Variable>> _hosts = new(StringComparer.Ordinal);

    public Inventory()
    {
        AddGroup(All);
        AddChild(All, Ungrouped);
    }

    /// <summary>The names of the hosts, in the order of the inventory.</summary>
    public IReadOnlyCollection<string> Hosts => _hosts.Keys;

    /// <summary>The names of the groups.</summary>
    public IReadOnlyCollection<string> Groups => _groups.Keys;

    /// <summary>Adds a group, if it is not there.</summary>
    public void AddGroup(string name) => _groups.TryAdd(name, new Group(name));

    /// <summary>Adds a group to another one.</summary>
    public void AddChild(string parent, string child)
    {
        AddGroup(parent);
        AddGroup(child);
        _groups[child].Parents.Add(parent);
        _groups[parent].Children.Add(child);
    }

    /// <summary>Sets a variable of a group.</summary>
    public void SetGroupVariable(string group, string name, Variable value) => Set(_groups[group].Variables, name, value);

    /// <summary>Adds hosts to a group. A port in the entry counts where the host is named first.</summary>
    /// <exception cref="FormatException">The entry is invalid, or there are too many hosts.</exception>
    public void AddHosts(string group, string entry, IReadOnlyList<KeyValuePair<string, Variable>> variables)
    {
        var (names, port) = HostPattern.Expand(entry);
        foreach (var name in names)
        {
            if (_hosts.TryAdd(name, new Dictionary<string, Variable>(StringComparer.Ordinal)) && port is not null)
            {
                Set(_hosts[name], "ansible_port", new Variable(port));
            }

            _groups[group].Hosts.Add(name);
            foreach (var (variable, value) in variables)
            {
                Set(_hosts[name], variable, value);
            }
        }

        if (_hosts.Count > HostPattern.MaxHosts)
        {
            throw new FormatException($"there are more than {HostPattern.MaxHosts} hosts");
        }
    }

    /// <summary>The variables of each host, by its name: those of its groups, from the outermost one inwards, then its own.</summary>
    /// <exception cref="FormatException">A group contains itself, or is nested too deeply.</exception>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, Variable>> Variables()
    {
        var ordered = _groups.Values.OrderBy(g => Depth(g, [])).ThenBy(g => g.Priority).ThenBy(g => g.Name, StringComparer.Ordinal);
        var effective = _hosts.Keys.ToDictionary(
            h => h, _ => new Dictionary<string, Variable>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var group in ordered)
        {
            if (group.Variables.Count > 0)
            {
                Merge(group.Variables, HostsOf(group.Name).Select(h => effective[h]));
            }
        }

        foreach (var (host, variables) in _hosts)
        {
            Merge(variables, [effective[host]]);
        }

        return effective.ToDictionary(p => p.Key, p => (IReadOnlyDictionary<string, Variable>)p.Value, StringComparer.Ordinal);
    }

    /// <summary>The hosts of a group and of the groups in it.</summary>
    public IReadOnlySet<string> HostsOf(string group)
    {
        if (group == All)
        {
            return _hosts.Keys.ToHashSet(StringComparer.Ordinal);
        }

        if (group == Ungrouped)
        {
            var grouped = _groups.Values.Where(g => g.Name is not (All or Ungrouped)).SelectMany(g => g.Hosts).ToHashSet();
            return _hosts.Keys.Where(h => !grouped.Contains(h)).ToHashSet(StringComparer.Ordinal);
        }

        var (hosts, seen, waiting) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal) { group },
            new Queue<string>([group]));
        while (waiting.TryDequeue(out var name))
        {
            hosts.UnionWith(_groups[name].Hosts);
            foreach (var child in _groups[name].Children.Where(seen.Add))
            {
                waiting.Enqueue(child);
            }
        }

        return hosts;
    }

    private static void Merge(Dictionary<string, Variable> variables, IEnumerable<Dictionary<string, Variable>> into)
    {
        foreach (var target in into)
        {
            foreach (var (name, value) in variables)
            {
                target[name] = value;
            }
        }
    }

    private static void Set(Dictionary<string, Variable> variables, string name, Variable value)
    {
        if (name.StartsWith("ansible_", StringComparison.Ordinal))
        {
            variables[name] = value;
        }
    }

    private int Depth(Group group, HashSet<string> below)
    {
        if (group.Depth is { } known)
        {
            return known;
        }

        if (!below.Add(group.Name) || below.Count > MaxNesting)
        {
            throw new FormatException(
                $"group '{group.Name}' contains itself, or groups are nested in more than {MaxNesting} others");
        }

        var parents = group.Parents.Select(p => Depth(_groups[p], below)).ToList();
        below.Remove(group.Name);
        var depth = group.Name == All ? 0 : parents.Append(0).Max() + 1;
        group.Depth = depth;
        return depth;
    }

    private sealed class Group(string name)
    {
        public string Name => name;

        public HashSet<string> Parents { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Children { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Hosts { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, Variable> Variables { get; } = new(StringComparer.Ordinal);

        public int? Depth { get; set; }

        public int Priority => int.TryParse(
            Variables.GetValueOrDefault("ansible_group_priority").Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out var priority) ? priority : 1;
    }
}
