using Akka.Hosting;
using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Contracts.Clusters;
using Commissaire.Contracts.Events;
using Commissaire.Http;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Storage;

namespace Commissaire.Clusters;

/// <summary>Clusters over REST.</summary>
internal static class ClusterEndpoints
{
    public static void MapClusters(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Clusters");
        group.MapMethods("/clusters", Verbs.Get, List).Produces<IReadOnlyList<string>>();
        group.MapMethods("/cluster", Verbs.Get, List).Produces<IReadOnlyList<string>>();
        group.MapMethods("/cluster/{name}", Verbs.Get, Describe).Produces<ClusterResource>().Refuses(404);
        group.MapPut("/cluster/{name}", Put).Accepts<PutClusterRequest>("application/json").Produces<ClusterSummary>(201).Refuses(400).Refuses(409);
        group.MapDelete("/cluster/{name}", Delete).Produces<IReadOnlyList<string>>().Refuses(404).Refuses(409);
        group.MapMethods("/cluster/{name}/history", Verbs.Get, History).Produces<IReadOnlyList<HistoryEntry>>().Refuses(404);
    }

    private static async Task<IResult> List(EntityDirectory directory, CancellationToken ct) => Answers.Names(await directory.Names(EntityDirectory.Cluster, ct));

    private static async Task<IResult> Describe(string name, IRequiredActor<ClusterActor> clusters, CancellationToken ct) =>
        await Find(name, clusters, ct) is { } view
            ? Answers.Json(
                new ClusterResource(view.Name.Value, view.Status.ToWireName(), view.Network.Value, [.. view.Members.Select(m => m.Value)], view.Manager?.Value ?? "",
                    new HostCounts(view.Members.Length, view.Available, view.Members.Length - view.Available), view.Reason),
                ContractsJson.Default.ClusterResource)
            : Unknown(name);

    private static async Task<IResult> Put(
        string name, HttpContext context, IRequiredActor<ClusterActor> clusters, IRequiredActor<NetworkActor> networks, IRequiredActor<ContainerManagerActor> managers)
    {
        var ct = context.RequestAborted;
        if (!ResourceName.TryParse(name, out var cluster))
        {
            return NotAName(name);
        }

        var body = await Body.Read(context.Request, ContractsJson.Default.PutClusterRequest);
        Names.MustAgree(name, body.Name);
        ClusterManager? manager = null;
        if (!string.IsNullOrEmpty(body.ContainerManager))
        {
            manager = await Existing(body.ContainerManager, managers, ct);
            if (manager is null)
            {
                return Answers.Problem(409, $"container_manager: there is no container manager '{body.ContainerManager}'; create it first.");
            }
        }

        var network = body.Network is null ? null : await Existing(body.Network, networks, ct);
        var put = new ClusterCommand.Put(cluster, network, manager) { WithoutManager = body.ContainerManager?.Length == 0 };
        return await clusters.ActorRef.AskAsync<ClusterReply>(put, ct) switch
        {
            ClusterReply.Described(var view) => Answers.Json(
                new ClusterSummary(name, view.Status.ToWireName(), view.Network.Value, view.Manager?.Value ?? ""), ContractsJson.Default.ClusterSummary, 201),
            ClusterReply.Refused(ClusterRefusal.StillLeaving) => Answers.Problem(409, $"Cluster '{name}' is still being deleted; try again in a moment."),
            var other => throw new InvalidOperationException($"No HTTP answer for {other}."),
        };
    }

    private static async Task<IResult> Delete(string name, IRequiredActor<ClusterActor> clusters, CancellationToken ct) =>
        ResourceName.TryParse(name, out var cluster)
            ? await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.Delete(cluster), ct) switch
            {
                ClusterReply.Forgotten => Answers.Gone,
                ClusterReply.HeldBy held => RunRoutes.Held(held),
                _ => Unknown(name),
            }
            : Unknown(name);

    private static async Task<IResult> History(string name, Histories histories, CancellationToken ct, long after = 0, int limit = 1000) =>
        ResourceName.TryParse(name, out var cluster)
            ? await histories.Read<ClusterEvent>($"cluster-{cluster}", after, limit, ClusterHistory.Describe, e => e.At, ct) ?? Unknown(name)
            : Unknown(name);

    internal static async Task<ClusterView?> Find(string name, IRequiredActor<ClusterActor> clusters, CancellationToken ct) =>
        ResourceName.TryParse(name, out var cluster)
            && await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterQuery.Describe(cluster), ct) is ClusterReply.Described(var view)
                ? view
                : null;

    internal static IResult Unknown(string name) => Answers.Problem(404, $"There is no cluster '{name}'.");

    private static IResult NotAName(string name) => Answers.Problem(404, $"'{name}' cannot be a cluster: expected {ResourceName.Expectation}.");

    // An unknown network is the default one, as in 2017.
    private static async Task<NetworkDefinition> Existing(string name, IRequiredActor<NetworkActor> networks, CancellationToken ct)
    {
        var network = ResourceName.TryParse(name, out var parsed) ? parsed : NetworkDefinition.Default.Name;
        return await networks.ActorRef.AskAsync<NetworkReply>(new NetworkCommand.Describe(network), ct) is NetworkReply.Described(var existing) ? existing
            : network == NetworkDefinition.Default.Name ? NetworkDefinition.Default
            : await Existing(NetworkDefinition.Default.Name.Value, networks, ct);
    }

    private static async Task<ClusterManager?> Existing(string name, IRequiredActor<ContainerManagerActor> managers, CancellationToken ct) =>
        !ResourceName.TryParse(name, out var manager) ? null
        : await managers.ActorRef.AskAsync<ContainerManagerReply>(new ContainerManagerCommand.Describe(manager), ct) switch
        {
            ContainerManagerReply.Described(var view) => new ClusterManager(view.Name, view.Join),
            ContainerManagerReply.Reached(var view, _, _) => new ClusterManager(view.Name, view.Join),
            _ => null,
        };

    internal static string ToWireName(this ClusterStatus status) => status switch
    {
        ClusterStatus.Ok => "ok",
        ClusterStatus.Degraded => "degraded",
        _ => "failed",
    };
}
