using System.ComponentModel;
using Akka.Hosting;
using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Contracts.Clusters;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Hosts;
using Commissaire.Networks;
using Commissaire.Storage;

namespace Commissaire.Clusters;

internal static class ClusterRoutes
{
    private const string Missing = "The cluster does not exist.";

    public static void MapClusters(this IEndpointRouteBuilder api)
    {
        var clusters = api.MapGroup("").WithTags("Clusters");
        clusters.MapGetAndHead("/clusters", List)
            .Named("listClusters", "List the names of all clusters").Produces<IReadOnlyList<string>>();
        clusters.MapGetAndHead("/cluster", List).ExcludeFromDescription();
        clusters.MapGetAndHead("/cluster/{name}", Describe)
            .Named("getCluster", "Get a cluster").Produces<ClusterResource>().Fails(404, Missing);
        clusters.MapPut("/cluster/{name}", Put)
            .Named("putCluster", "Create or change a cluster").AcceptsJson<PutClusterRequest>().Produces<ClusterSummary>(201)
            .Fails(404, "The name of the cluster is invalid.")
            .Fails(409, "The container manager does not exist, or the cluster is still being deleted.");
        clusters.MapDelete("/cluster/{name}", Delete)
            .Named("deleteCluster", "Delete a cluster; its hosts stay registered").Produces<IReadOnlyList<NodeDepartureResource>>()
            .Fails(404, Missing).Fails(409, "A run holds the cluster.");
        clusters.MapGetAndHead("/cluster/{name}/history", ReadHistory)
            .Named("getClusterHistory", "Read the history of a cluster").Produces<IReadOnlyList<HistoryEntry>>().Fails(404, Missing);
    }

    private static async Task<IResult> List(EntityDirectory directory, CancellationToken ct) =>
        Answers.Names(await directory.Names(EntityDirectory.Cluster, ct));

    private static async Task<IResult> Describe(string name, IRequiredActor<ClusterActor> clusters, CancellationToken ct) =>
        await clusters.Find(name, ct) is { } view ? ClusterAnswers.Full(view) : ClusterAnswers.Unknown(name);

    private static async Task<IResult> Put(
        string name, HttpContext context, IRequiredActor<ClusterActor> clusters, IRequiredActor<NetworkActor> networks,
        IRequiredActor<ContainerManagerActor> managers, CancellationToken ct)
    {
        if (!ResourceName.TryParse(name, out var cluster))
        {
            return ClusterAnswers.InvalidName(name);
        }

        var body = await JsonBody.Read(
            context.Request, ContractsJson.Default.PutClusterRequest, ContractsJson.Default.ClusterResource);
        InvalidRequestException.ThrowIfNamesDiffer(name, body.Name);
        var policy = Choice.Of("bootstrap", body.Bootstrap, (BootstrapPolicy p) => p.ToWireName());
        var manager = string.IsNullOrEmpty(body.ContainerManager) ? null : await Existing(body.ContainerManager, managers, ct);
        if (manager is null && !string.IsNullOrEmpty(body.ContainerManager))
        {
            return ContainerManagerAnswers.Missing(body.ContainerManager);
        }

        var network = body.Network is null ? null : await ExistingOrDefault(body.Network, networks, ct);
        var put = new ClusterCommand.Put(cluster, network, manager)
        {
            WithoutManager = body.ContainerManager?.Length == 0,
            Bootstrap = policy,
        };
        return ClusterAnswers.Of(name, await clusters.ActorRef.AskAsync<ClusterReply>(put, ct));
    }

    private static async Task<IResult> Delete(
        string name, IRequiredActor<ClusterActor> clusters, CancellationToken ct,
        [Description(HostRequests.NodesHelp)] string? nodes = null)
    {
        var disposal = HostRequests.Nodes(nodes);
        if (!ResourceName.TryParse(name, out var cluster))
        {
            return ClusterAnswers.Unknown(name);
        }

        var reply = await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.Delete(cluster) { Nodes = disposal }, ct);
        return reply is ClusterReply.Forgotten { Nodes: var departed }
            ? HostAnswers.Departed(nodes, departed ?? [])
            : ClusterAnswers.Of(name, reply);
    }

    private static async Task<IResult> ReadHistory(
        string name, HistoryReader histories, CancellationToken ct, long after = 0, int limit = 1000) =>
        ResourceName.TryParse(name, out var cluster)
            ? await histories.Read<ClusterEvent>($"cluster-{cluster}", after, limit, ClusterHistory.Describe, e => (e.At, e.Caller), ct)
                ?? ClusterAnswers.Unknown(name)
            : ClusterAnswers.Unknown(name);

    private static async Task<ClusterManager?> Existing(
        string name, IRequiredActor<ContainerManagerActor> managers, CancellationToken ct) =>
        !ResourceName.TryParse(name, out var manager) ? null
        : await managers.ActorRef.AskAsync<ContainerManagerReply>(new ContainerManagerCommand.Describe(manager), ct) switch
        {
            ContainerManagerReply.Described(var view) => new ClusterManager(view.Name, view.Join),
            ContainerManagerReply.Reached(var view, _, _) => new ClusterManager(view.Name, view.Join),
            _ => null,
        };

    // As in 2017, an unknown network means the default network.
    private static async Task<NetworkDefinition> ExistingOrDefault(
        string name, IRequiredActor<NetworkActor> networks, CancellationToken ct) =>
        await Existing(ResourceName.TryParse(name, out var network) ? network : NetworkDefinition.Default.Name, networks, ct)
            ?? await Existing(NetworkDefinition.Default.Name, networks, ct)
            ?? NetworkDefinition.Default;

    private static async Task<NetworkDefinition?> Existing(
        ResourceName name, IRequiredActor<NetworkActor> networks, CancellationToken ct) =>
        (await networks.ActorRef.AskAsync<NetworkReply>(new NetworkCommand.Describe(name), ct) as NetworkReply.Described)?.Network;
}
