using Commissaire.Contracts;
using Commissaire.Http;
using Commissaire.Storage;

namespace Commissaire.Hosts;

/// <summary>The rows that lists of hosts are read from: each is the host's JSON as it is shown.</summary>
internal sealed class HostDirectory(EntityDirectory directory)
{
    /// <summary>Writes a host's row.</summary>
    public Task Save(HostState host, long sequence) =>
        directory.Save(
            EntityDirectory.Host,
            host.Address.Value,
            sequence,
            host.Registration is null ? null : Answers.Utf8(HostResources.Of(host.View()), ContractsJson.Default.HostResource));

    /// <summary>Every host's JSON, sorted by address.</summary>
    public IAsyncEnumerable<byte[]> All(CancellationToken ct) => directory.Documents(EntityDirectory.Host, ct);
}
