using Akka.Hosting;
using Commissaire.Contracts;
using Commissaire.Contracts.Networks;
using Commissaire.Storage;

namespace Commissaire.Networks;

internal static class NetworkRoutes
{
    public static void MapNetworks(this IEndpointRouteBuilder api)
    {
        var networks = api.MapGroup("").WithTags("Networks");
        networks.MapGetAndHead("/networks", List)
            .Named("listNetworks", "List the names of all networks, with `default`").Produces<IReadOnlyList<string>>();
        networks.MapGetAndHead("/network", List).ExcludeFromDescription();
        networks.MapGetAndHead("/network/{name}", Describe)
            .Named("getNetwork", "Get a network").Produces<NetworkResource>().Fails(404, "The network does not exist.");
        networks.MapPut("/network/{name}", Put)
            .Named("putNetwork", "Create a network").AcceptsJson<PutNetworkRequest>().Produces<NetworkResource>(201)
            .Fails(404, "The name of the network is invalid.")
            .Fails(409, "The network exists with another type or other options.");
        networks.MapDelete("/network/{name}", Delete)
            .Named("deleteNetwork", "Delete a network, if there is one").Produces<IReadOnlyList<string>>()
            .Fails(409, "A cluster uses the network.");
    }

    private static async Task<IResult> List(EntityDirectory directory, CancellationToken ct)
    {
        var stored = await directory.Names(EntityDirectory.Network, ct);
        return Answers.Names([.. stored.Append(NetworkDefinition.Default.Name.Value).Distinct().Order(StringComparer.Ordinal)]);
    }

    private static async Task<IResult> Describe(string name, IRequiredActor<NetworkActor> networks, CancellationToken ct) =>
        ResourceName.TryParse(name, out var network)
            ? NetworkAnswers.Of(name, await networks.ActorRef.AskAsync<NetworkReply>(new NetworkCommand.Describe(network), ct))
            : NetworkAnswers.Unknown(name);

    private static async Task<IResult> Put(string name, HttpContext context, IRequiredActor<NetworkActor> networks, CancellationToken ct)
    {
        if (!ResourceName.TryParse(name, out var network))
        {
            return NetworkAnswers.InvalidName(name);
        }

        var body = await JsonBody.Read(context.Request, ContractsJson.Default.PutNetworkRequest);
        var (_, type, options) = NetworkRequests.Definition(network, body);
        var put = new NetworkCommand.Put(network, type, options);
        return NetworkAnswers.Of(name, await networks.ActorRef.AskAsync<NetworkReply>(put, ct), 201);
    }

    private static async Task<IResult> Delete(
        string name, IRequiredActor<NetworkActor> networks, EntityDirectory directory, CancellationToken ct)
    {
        if (!ResourceName.TryParse(name, out var network))
        {
            return Answers.Deleted;
        }

        if (await directory.ClusterUsing(EntityDirectory.Network, name, ct) is { } cluster)
        {
            return NetworkAnswers.InUse(name, cluster);
        }

        await networks.ActorRef.AskAsync<NetworkReply>(new NetworkCommand.Delete(network), ct);
        return Answers.Deleted;
    }
}
