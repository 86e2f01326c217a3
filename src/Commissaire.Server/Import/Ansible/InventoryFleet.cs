using System.Net;
using System.Net.Sockets;
using Commissaire.Contracts.Clusters;
using Commissaire.Contracts.Hosts;
using Commissaire.Storage;

namespace Commissaire.Import.Ansible;

/// <summary>Turns an inventory into the requests that register its hosts: resolves names, reads key files, and finds clusters.</summary>
/// <param name="clusters">The cluster of each group that becomes one.</param>
/// <param name="fallback">The key and the user of hosts for which the inventory names none.</param>
/// <param name="home">The directory that <c>~</c> in paths means.</param>
/// <param name="resolve">Resolves a name.</param>
internal sealed class InventoryFleet(
    IReadOnlyDictionary<string, string> clusters, FallbackLogin fallback, string home,
    Func<string, CancellationToken, Task<IPAddress[]>> resolve)
{
    private const int NamesAtOnce = 16;

    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal);

    /// <summary>Returns the fleet. A host that is ambiguous in any way is not taken.</summary>
    /// <exception cref="StartupException">A group that becomes a cluster is not in the inventory, or groups contain each other.</exception>
    public async Task<Fleet> Read(Inventory inventory, CancellationToken ct)
    {
        if (clusters.Keys.FirstOrDefault(g => !inventory.Groups.Contains(g)) is { } missing)
        {
            throw new StartupException($"--cluster: {UnknownName.Problem(missing, "a group of the inventory", inventory.Groups)}");
        }

        var variables = Variables(inventory);
        var clustersOf = clusters.SelectMany(c => inventory.HostsOf(c.Key).Select(host => (host, Cluster: c.Value)))
            .ToLookup(c => c.host, c => c.Cluster);
        var (hosts, notTaken) = (new List<FleetHost>(), new List<FleetObject>());
        foreach (var chunk in inventory.Hosts.Chunk(NamesAtOnce))
        {
            var read = await Task.WhenAll(chunk.Select(h => Host(h, variables[h], [.. clustersOf[h].Distinct()], ct)));
            hosts.AddRange(read.Where(r => r.Host is not null).Select(r => r.Host!));
            notTaken.AddRange(read.Where(r => r.Host is null).Select(r => new FleetObject(FleetKind.Host, r.Name, r.Problem)));
        }

        var shared = hosts.ToLookup(h => h.Request.Address);
        notTaken.AddRange(hosts.Where(h => shared[h.Request.Address].Count() > 1).Select(h => new FleetObject(
            FleetKind.Host, h.Name ?? h.Request.Address!,
            $"its address {h.Request.Address} is also that of {string.Join(", ", shared[h.Request.Address].Where(o => o != h)
                .Select(o => o.Name ?? o.Request.Address).Take(3))}. Name each host once.")));
        return new Fleet
        {
            Clusters = [.. clusters.Values.Distinct().Select(name => new PutClusterRequest { Name = name })],
            Hosts = [.. hosts.Where(h => shared[h.Request.Address].Count() == 1)],
            NotTaken = notTaken,
        };
    }

    private static IReadOnlyDictionary<string, IReadOnlyDictionary<string, Variable>> Variables(Inventory inventory)
    {
        try
        {
            return inventory.Variables();
        }
        catch (FormatException e)
        {
            throw new StartupException($"--from: {e.Message}.");
        }
    }

    private async Task<(string Name, FleetHost? Host, string? Problem)> Host(
        string name, IReadOnlyDictionary<string, Variable> variables, IReadOnlyList<string> clustersOfHost, CancellationToken ct)
    {
        try
        {
            var login = AnsibleLogin.Read(name, variables);
            if (clustersOfHost.Count > 1)
            {
                throw new FormatException($"its groups become clusters {string.Join(" and ", clustersOfHost.Select(c => $"'{c}'"))}, and a "
                    + "host can be in one only");
            }

            var address = await Address(login.Host, ct);
            var key = login.KeyFile is { } file ? Key(file) : fallback.PrivateKey
                ?? throw new FormatException("its key is missing. Set ansible_ssh_private_key_file, or name a key with --ssh-key");
            return (name, new FleetHost(
                new RegisterHostRequest
                {
                    Address = address,
                    SshPrivKey = key,
                    RemoteUser = login.User ?? fallback.User,
                    Port = login.Port ?? 22,
                    Cluster = clustersOfHost is [var only, ..] ? only : null,
                    Source = name == address ? null : name,
                    Bootstrap = FleetHost.Adopted,
                },
                name == address ? null : name), null);
        }
        catch (FormatException e)
        {
            return (name, null, $"{e.Message}.");
        }
    }

    private async Task<string> Address(string host, CancellationToken ct)
    {
        if (!HostAddress.TryParse(host, out var address))
        {
            throw new FormatException($"'{host}' is not {HostAddress.Expectation}");
        }

        if (IPAddress.TryParse(address.Value, out _) || address.Value.Contains(':', StringComparison.Ordinal))
        {
            return address.Value;
        }

        try
        {
            var found = await resolve(host, ct);
            var ipv4 = found.Where(a => a.AddressFamily == AddressFamily.InterNetwork).Distinct().ToList();
            return (ipv4.Count > 0 ? ipv4 : [.. found.Distinct()]) switch
            {
                [] => throw new FormatException($"'{host}' has no address. Set ansible_host"),
                [var only] when IPAddress.IsLoopback(only) => throw new FormatException(
                    $"'{host}' is {only} on this machine, which is not an address for others. Set ansible_host"),
                [var only] => HostAddress.Of(only).Value,
                var several => throw new FormatException(
                    $"'{host}' has several addresses: {string.Join(", ", several.Take(3))}. Set ansible_host to one of them"),
            };
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            throw new FormatException($"'{host}' does not resolve: {e.Message}. Set ansible_host");
        }
    }

    // As for Ansible, a path is relative to the current directory.
    private string Key(string path)
    {
        var file = path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(home, path[2..]) : path;
        lock (_keys)
        {
            if (!_keys.TryGetValue(file, out var key))
            {
                try
                {
                    _keys[file] = key = Convert.ToBase64String(OptionFile.Read(file));
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
                {
                    throw new FormatException($"its key cannot be read: {e.Message.TrimEnd('.')}");
                }
            }

            return key;
        }
    }
}
