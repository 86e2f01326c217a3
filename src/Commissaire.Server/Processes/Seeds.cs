using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;

namespace Commissaire.Processes;

/// <summary>
/// Where a process asks to be let in first, when an operator says so; the members that the database knows of come after. Whether there is a cluster to join, and who founds it, is
/// still settled in the database, so that two lists that differ, or a name that is answered in part, never make two clusters.
/// </summary>
internal abstract record Seeds
{
    private Seeds() { }

    /// <summary>Where the others may be.</summary>
    /// <param name="self">The address of this process, of whose kind the others' are.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="IOException">The name cannot be resolved.</exception>
    public abstract Task<ImmutableArray<string>> Addresses(Address self, CancellationToken ct);

    /// <summary>These.</summary>
    /// <param name="Endpoints">Host and port of each, as it is told in its own <c>cluster_host</c> and <c>cluster_port</c>.</param>
    public sealed record Listed(ImmutableArray<(string Host, int Port)> Endpoints) : Seeds
    {
        /// <inheritdoc />
        public override Task<ImmutableArray<string>> Addresses(Address self, CancellationToken ct) =>
            Task.FromResult(Endpoints.Select(e => self.WithHost(e.Host).WithPort(e.Port).ToString()).ToImmutableArray());
    }

    /// <summary>All that a name stands for now: of a headless service, one address for each of its pods.</summary>
    /// <param name="Name">The name.</param>
    /// <param name="Port">The port of all of them.</param>
    public sealed record Named(string Name, int Port) : Seeds
    {
        /// <inheritdoc />
        public override async Task<ImmutableArray<string>> Addresses(Address self, CancellationToken ct)
        {
            try
            {
                var found = await Dns.GetHostAddressesAsync(Name, AddressFamily.InterNetwork, ct);
                return [.. found.Select(a => self.WithHost(a.ToString()).WithPort(Port).ToString()).Order(StringComparer.Ordinal)];
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                throw new IOException($"cluster_dns: '{Name}' cannot be resolved: {e.Message}", e);
            }
        }
    }
}
