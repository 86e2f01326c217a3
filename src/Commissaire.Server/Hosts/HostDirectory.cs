using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Commissaire.Contracts;
using Commissaire.Runs;
using Commissaire.Storage;

namespace Commissaire.Hosts;

/// <summary>The rows that <c>GET /hosts</c> lists: each holds the host as HTTP shows it.</summary>
internal sealed class HostDirectory(EntityDirectory directory)
{
    public Task Save(HostState host, long sequence)
    {
        var view = host.Registration is null ? null : host.View();
        var document = view is null ? null : Answers.Utf8(HostAnswers.Resource(view), ContractsJson.Default.HostResource);
        var machine = view is null ? null : HostMachine.Of(view);
        return directory.Save(EntityDirectory.Host, host.Address.Value, sequence, document, departs: !host.Idle, machine: machine);
    }

    /// <summary>The JSON of every host, sorted by address.</summary>
    public async IAsyncEnumerable<byte[]> All([EnumeratorCancellation] CancellationToken ct)
    {
        var shared = (await directory.SharedMachines(ct)).SelectMany(hosts => hosts.Select(host => (host, hosts)))
            .ToDictionary(entry => entry.host, entry => entry.hosts, StringComparer.Ordinal);
        await foreach (var document in directory.Documents(EntityDirectory.Host, ct))
        {
            yield return shared.Count == 0 ? document : WithSameMachine(document, shared);
        }
    }

    /// <summary>The addresses of the other hosts that are the same machine, as of their last contact.</summary>
    public async Task<IReadOnlyList<string>> SameMachine(HostView host, CancellationToken ct) =>
        HostMachine.Of(host) is { } machine ? Except(await directory.HostsOf(machine, ct), host.Address.Value) : [];

    /// <summary>The hosts among some that are one machine under several addresses.</summary>
    public async Task<ImmutableArray<SharedMachine>> SharedMachines(ImmutableArray<HostAddress> hosts, CancellationToken ct)
    {
        var asked = hosts.ToDictionary(host => host.Value, StringComparer.Ordinal);
        return
        [
            .. (await directory.SharedMachines(ct)).Select(shared => shared.Where(asked.ContainsKey).Select(host => asked[host]).ToList())
                .Where(members => members.Count > 1).Select(members => new SharedMachine([.. members])),
        ];
    }

    private static byte[] WithSameMachine(byte[] document, Dictionary<string, IReadOnlyList<string>> shared)
    {
        var host = JsonSerializer.Deserialize(document, ContractsJson.Default.HostResource)!;
        return shared.TryGetValue(host.Address, out var hosts)
            ? Answers.Utf8(host with { SameMachine = Except(hosts, host.Address) }, ContractsJson.Default.HostResource)
            : document;
    }

    private static IReadOnlyList<string> Except(IReadOnlyList<string> hosts, string host) => [.. hosts.Where(other => other != host)];
}
