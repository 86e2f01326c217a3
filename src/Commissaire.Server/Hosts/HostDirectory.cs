using Commissaire.Contracts;
using Commissaire.Storage;

namespace Commissaire.Hosts;

/// <summary>The rows that <c>GET /hosts</c> lists: each holds the host as HTTP shows it.</summary>
internal sealed class HostDirectory(EntityDirectory directory)
{
    public Task Save(HostState host, long sequence)
    {
        var document = host.Registration is null
            ? null
            : Answers.Utf8(HostAnswers.Resource(host.View()), ContractsJson.Default.HostResource);
        return directory.Save(EntityDirectory.Host, host.Address.Value, sequence, document, departs: !host.Idle);
    }

    /// <summary>The JSON of every host, sorted by address.</summary>
    public IAsyncEnumerable<byte[]> All(CancellationToken ct) => directory.Documents(EntityDirectory.Host, ct);
}
