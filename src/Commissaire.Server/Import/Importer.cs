using System.Text.Json.Serialization.Metadata;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Contracts.Clusters;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Contracts.Hosts;
using Commissaire.Contracts.Networks;

namespace Commissaire.Import;

/// <summary>
/// Registers a fleet with a server: in the order in which its objects need each other, and only where nothing is there yet. A dry run only
/// reads from the server.
/// </summary>
internal sealed class Importer(ServerApi server, ImportReport report, bool dryRun)
{
    private const string DefaultNetwork = "default";

    // By kind and name: an object that needs one of these is not taken either.
    private readonly HashSet<(string Kind, string Name)> _notTaken = [];
    private readonly HashSet<(string Kind, string Name)> _there = [];

    /// <summary>Registers the fleet, and reports the outcome of each object.</summary>
    /// <exception cref="StartupException">The server is lost. The report has what was done until then.</exception>
    public async Task Run(Fleet fleet, CancellationToken ct)
    {
        foreach (var item in fleet.NotTaken)
        {
            Report(item, Outcome.NotTaken(item.Detail ?? ""));
        }

        foreach (var manager in fleet.ContainerManagers)
        {
            Report(new FleetObject(FleetKind.ContainerManager, manager.Name!), await Take(manager, ct));
        }

        foreach (var network in fleet.Networks)
        {
            Report(new FleetObject(FleetKind.Network, network.Name!), await Take(network, ct));
        }

        foreach (var cluster in fleet.Clusters)
        {
            Report(new FleetObject(FleetKind.Cluster, cluster.Name!), await Take(cluster, ct));
        }

        foreach (var host in fleet.Hosts)
        {
            string?[] remarks = [host.Name, host.Request.Cluster is { } cluster ? $"cluster {cluster}" : null];
            var item = new FleetObject(FleetKind.Host, host.Request.Address!, string.Join(", ", remarks.Where(r => r is not null)));
            Report(item.Detail!.Length > 0 ? item : item with { Detail = null }, await Take(host, ct));
        }
    }

    private void Report(FleetObject item, Outcome outcome)
    {
        (outcome.State == OutcomeState.NotTaken ? _notTaken : _there).Add((item.Kind, item.Name));
        report.Add(item, outcome);
    }

    private async Task<Outcome> Take(PutContainerManagerRequest manager, CancellationToken ct)
    {
        if (FleetRules.Problem(manager) is { } problem)
        {
            return Outcome.NotTaken(problem);
        }

        var path = ServerApi.Path("containermanager", manager.Name!);
        if (await server.Find(path, ServerApi.Json.ContainerManagerResource, ct) is not { } existing)
        {
            return await Create(() => server.Put(path, manager, ServerApi.Json.PutContainerManagerRequest, ct));
        }

        // Never sent again: the server would take another token for a renewal. More options, such as an authority, do no harm.
        return FleetRules.Difference(manager, existing) is { } difference ? IsThereBut(difference)
            : Outcome.Same(manager.Options!.Keys.Intersect(KubernetesSettings.SecretOptions).Any()
                ? "its token is not compared" : null);
    }

    private async Task<Outcome> Take(PutNetworkRequest network, CancellationToken ct)
    {
        if (FleetRules.Problem(network) is { } problem)
        {
            return Outcome.NotTaken(problem);
        }

        var path = ServerApi.Path("network", network.Name!);
        var existing = await server.Find(path, ServerApi.Json.NetworkResource, ct);
        return existing is not null && FleetRules.IsSame(network, existing) ? Outcome.Same()

            // The default network is there without being created. Only the server knows whether it was; it replaces none that was.
            : existing is null || FleetRules.IsImplicit(existing)
                ? await Create(() => server.Put(path, network, ServerApi.Json.PutNetworkRequest, ct))
            : IsThereBut($"its type is {existing.Type}, and its options are {existing.Options.GetRawText()}");
    }

    private async Task<Outcome> Take(PutClusterRequest cluster, CancellationToken ct)
    {
        if (FleetRules.Problem(cluster) is { } problem)
        {
            return Outcome.NotTaken(problem);
        }

        var path = ServerApi.Path("cluster", cluster.Name!);
        if (await server.Find(path, ServerApi.Json.ClusterResource, ct) is { } existing)
        {
            return FleetRules.Difference(cluster, existing) is { } difference ? IsThereBut(difference) : Outcome.Same();
        }

        // The server would take the default network for one that it does not know.
        return await Missing(FleetKind.Network, cluster.Network, "network", ServerApi.Json.NetworkResource, ct)
            ?? await Missing(
                FleetKind.ContainerManager, cluster.ContainerManager, "containermanager", ServerApi.Json.ContainerManagerResource, ct)
            ?? await Create(() => server.Put(path, cluster, ServerApi.Json.PutClusterRequest, ct));
    }

    private async Task<Outcome> Take(FleetHost host, CancellationToken ct)
    {
        var request = host.Request;
        if (request.Cluster is { } cluster && _notTaken.Contains((FleetKind.Cluster, cluster)))
        {
            return Outcome.NotTaken($"its cluster '{cluster}' was not taken over.");
        }

        if (FleetRules.Problem(request) is { } problem)
        {
            return Outcome.NotTaken(problem);
        }

        var path = ServerApi.Path("host", request.Address!);
        if (await server.Find(path, ServerApi.Json.HostResource, ct) is not { } existing)
        {
            return await Create(() => Register(path, request, ct));
        }

        if (FleetRules.Difference(request, existing) is { } difference)
        {
            return IsThereBut(difference);
        }

        if (dryRun)
        {
            return Outcome.Same("a dry run does not compare its key");
        }

        // The same registration again changes nothing, and the server compares the key. A host that was adopted because it is in service
        // need not have been registered with 'never'. The server compares the policy last.
        return await Register(path, request, ct) is not { } refused
                || (existing.Adopted is not null && refused.StartsWith("bootstrap:", StringComparison.Ordinal))
            ? Outcome.Same()
            : Outcome.NotTaken(refused);
    }

    private Task<string?> Register(string path, RegisterHostRequest request, CancellationToken ct) =>
        server.Put(path, request, ServerApi.Json.RegisterHostRequest, ct);

    private async Task<Outcome> Create(Func<Task<string?>> put) =>
        dryRun || await put() is not { } refused ? Outcome.Taken : Outcome.NotTaken(refused);

    private static Outcome IsThereBut(string difference) => Outcome.NotTaken($"is there, but different: {difference}.");

    private async Task<Outcome?> Missing<T>(
        string kind, string? name, string route, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class =>
        string.IsNullOrEmpty(name) || _there.Contains((kind, name)) || (kind == FleetKind.Network && name == DefaultNetwork) ? null
        : _notTaken.Contains((kind, name)) ? Outcome.NotTaken($"its {kind} '{name}' was not taken over.")
        : await server.Find(ServerApi.Path(route, name), type, ct) is null
            ? Outcome.NotTaken($"its {kind} '{name}' is neither in the source nor on the server.")
        : null;
}
