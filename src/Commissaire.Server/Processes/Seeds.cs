using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Commissaire.Processes;

/// <summary>
/// The processes that an operator configured to join first; members recorded in the database come after them. The database still decides
/// whether a cluster exists and which process founds it, so different seed lists or incomplete DNS answers never create two clusters.
/// </summary>
internal abstract record Seeds
{
    private Seeds() { }

    /// <summary>Returns the Akka addresses of the seeds, with the protocol and system name of this process's address.</summary>
    /// <exception cref="IOException">The DNS name cannot be resolved.</exception>
    public abstract Task<ImmutableArray<string>> Resolve(Address self, CancellationToken ct);

    /// <summary>A fixed list of the <c>cluster_host</c> and <c>cluster_port</c> of each seed.</summary>
    public sealed record Listed(ImmutableArray<(string Host, int Port)> Endpoints) : Seeds
    {
        public override Task<ImmutableArray<string>> Resolve(Address self, CancellationToken ct) =>
            Task.FromResult(Endpoints.Select(e => self.WithHost(e.Host).WithPort(e.Port).ToString()).ToImmutableArray());
    }

    /// <summary>All addresses of a DNS name, such as a headless Kubernetes service.</summary>
    public sealed record DnsName(string Name, int Port) : Seeds
    {
        public override async Task<ImmutableArray<string>> Resolve(Address self, CancellationToken ct)
        {
            try
            {
                var found = await Dns.GetHostAddressesAsync(Name, AddressFamily.InterNetwork, ct);
                return [.. found.Select(a => self.WithHost(a.ToString()).WithPort(Port).ToString()).Order(StringComparer.Ordinal)];
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                throw new IOException($"cluster_dns: cannot resolve '{Name}': {e.Message}", e);
            }
        }
    }
}
