using System.Globalization;
using Commissaire.Contracts.Clusters;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Contracts.Networks;

namespace Commissaire.Import.Etcd;

/// <summary>A host of an installation of 2017.</summary>
/// <param name="Address">The address, as the record has it.</param>
/// <param name="Cluster">The only cluster that lists the host; null for none.</param>
/// <param name="Source">The field <c>source</c>.</param>
/// <param name="Credentials">The credentials in the record itself, where versions before Custodia kept them; null for none.</param>
internal sealed record InstalledHost(string Address, string? Cluster, string Source, HostCredentials? Credentials);

/// <summary>The records of an installation of 2017: the models of its storage service, by their keys in etcd.</summary>
internal sealed class Installation
{
    private readonly List<PutContainerManagerRequest> _managers = [];
    private readonly List<PutNetworkRequest> _networks = [];
    private readonly List<PutClusterRequest> _clusters = [];
    private readonly Dictionary<string, List<string>> _clustersOf = [];
    private readonly List<(string Address, RecordReader Record)> _records = [];
    private readonly List<InstalledHost> _hosts = [];
    private readonly List<FleetObject> _notTaken = [];
    private readonly SortedDictionary<string, int> _leftBehind = new(StringComparer.Ordinal);
    private string? _unreadableCluster;

    private Installation()
    {
    }

    /// <summary>The hosts, which still need their credentials.</summary>
    public IReadOnlyList<InstalledHost> Hosts => _hosts;

    /// <summary>Everything else, without hosts.</summary>
    public Fleet Fleet => new()
    {
        ContainerManagers = _managers,
        Networks = _networks,
        Clusters = _clusters,
        NotTaken = _notTaken,
        LeftBehind = [.. _leftBehind.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}: {p.Value}"))],
    };

    /// <summary>Reads the record of each value. A record that cannot be read is an object that is not taken.</summary>
    public static Installation Read(IEnumerable<EtcdValue> values)
    {
        var installation = new Installation();
        foreach (var (key, value) in values)
        {
            installation.Add(key, value);
        }

        installation.AddHosts();
        return installation;
    }

    private void Add(string key, string value)
    {
        switch (key.Split('/'))
        {
            case ["container_managers", var name]:
                Add(FleetKind.ContainerManager, name, value, record => _managers.Add(new PutContainerManagerRequest
                {
                    Name = name,
                    Type = record.Text("type", "openshift"),
                    Options = record.Members("options"),
                }));
                break;
            case ["networks", var name]:
                Add(FleetKind.Network, name, value, record => _networks.Add(new PutNetworkRequest
                {
                    Name = name,
                    Type = record.Text("type", "flannel_etcd"),
                    Options = record.Members("options"),
                }));
                break;
            case ["clusters", var name]:
                _unreadableCluster = Add(FleetKind.Cluster, name, value, record => AddCluster(name, record)) ? _unreadableCluster : name;
                break;
            case ["hosts", var address]:
                Add(FleetKind.Host, address, value, record => _records.Add((address, record)), "address");
                break;
            case ["cluster", _, "deploy" or "restart" or "upgrade"]:
                LeaveBehind("records of operations");
                break;
            case ["config", ..]:
                LeaveBehind("configurations");
                break;
            case ["custodia", ..]:
                LeaveBehind("encrypted secrets of Custodia");
                break;
            case ["status", ..]:
                LeaveBehind("statuses");
                break;
            default:
                _notTaken.Add(new FleetObject("key", key, "is not a key of a Commissaire of 2017."));
                break;
        }
    }

    private bool Add(string kind, string name, string value, Action<RecordReader> read, string nameField = "name")
    {
        try
        {
            var record = RecordReader.Parse(value);
            record.RequireName(nameField, name);
            read(record);
            return true;
        }
        catch (FormatException e)
        {
            _notTaken.Add(new FleetObject(kind, name, $"its record cannot be read: {e.Message}."));
            return false;
        }
    }

    private void AddCluster(string name, RecordReader record)
    {
        var (network, manager, hosts) = (record.Text("network", "default"), record.Text("container_manager", ""), record.Texts("hostset"));
        _clusters.Add(new PutClusterRequest
        {
            Name = name,
            Network = network.Length == 0 ? "default" : network,
            ContainerManager = manager,
        });
        foreach (var host in hosts.Distinct())
        {
            _clustersOf.TryAdd(host, []);
            _clustersOf[host].Add(name);
        }
    }

    // Clusters may follow hosts in the answer, and decide about them.
    private void AddHosts()
    {
        foreach (var (address, record) in _records)
        {
            try
            {
                _hosts.Add(Host(address, record));
            }
            catch (FormatException e)
            {
                _notTaken.Add(new FleetObject(FleetKind.Host, address, $"{e.Message}."));
            }
        }

        var known = _records.Select(r => r.Address)
            .Concat(_notTaken.Where(o => o.Kind == FleetKind.Host).Select(o => o.Name)).ToHashSet();
        _notTaken.AddRange(_clustersOf.Where(p => !known.Contains(p.Key)).Select(p => new FleetObject(
            FleetKind.Host, p.Key, $"cluster {string.Join(" and ", p.Value.Select(c => $"'{c}'"))} lists it, but it has no record.")));
    }

    private InstalledHost Host(string address, RecordReader record)
    {
        var clusters = _clustersOf.GetValueOrDefault(address, []);
        return clusters switch
        {
            [] when _unreadableCluster is { } unread =>
                throw new FormatException($"cluster '{unread}', whose record cannot be read, may list it"),
            [_, _, ..] => throw new FormatException(
                $"is in clusters {string.Join(" and ", clusters.Select(c => $"'{c}'"))}, and a host can be in one only. Remove it from the "
                + "others in the source"),
            _ => new InstalledHost(address, clusters.FirstOrDefault(), record.Text("source", ""), HostCredentials.InRecord(record)),
        };
    }

    private void LeaveBehind(string what) => _leftBehind[what] = _leftBehind.GetValueOrDefault(what) + 1;
}
