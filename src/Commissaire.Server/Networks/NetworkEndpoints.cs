using Akka.Hosting;
using Commissaire.Contracts;
using Commissaire.Contracts.Networks;
using Commissaire.Http;
using Commissaire.Storage;

namespace Commissaire.Networks;

/// <summary>Networks over REST.</summary>
internal static class NetworkEndpoints
{
    public static void MapNetworks(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Networks");
        group.MapMethods("/networks", Verbs.Get, List).Produces<IReadOnlyList<string>>();
        group.MapMethods("/network", Verbs.Get, List).Produces<IReadOnlyList<string>>();
        group.MapMethods("/network/{name}", Verbs.Get, Describe).Produces<NetworkResource>().Refuses(404);
        group.MapPut("/network/{name}", Put).Accepts<PutNetworkRequest>("application/json").Produces<NetworkResource>(201).Refuses(400).Refuses(409);
        group.MapDelete("/network/{name}", Delete).Produces<IReadOnlyList<string>>().Refuses(409);
    }

    private static async Task<IResult> List(EntityDirectory directory, CancellationToken ct) =>
        Answers.Names([.. (await directory.Names(EntityDirectory.Network, ct)).Append(NetworkDefinition.Default.Name.Value).Distinct().Order(StringComparer.Ordinal)]);

    private static async Task<IResult> Describe(string name, IRequiredActor<NetworkActor> networks, CancellationToken ct) =>
        ResourceName.TryParse(name, out var network)
            ? Answer(name, await networks.ActorRef.AskAsync<NetworkReply>(new NetworkCommand.Describe(network), ct), 200)
            : Unknown(name);

    private static async Task<IResult> Put(string name, HttpContext context, IRequiredActor<NetworkActor> networks)
    {
        if (!ResourceName.TryParse(name, out var network))
        {
            return Answers.Problem(404, $"'{name}' cannot be a network: expected {ResourceName.Expectation}.");
        }

        var body = await Body.Read(context.Request, ContractsJson.Default.PutNetworkRequest);
        Names.MustAgree(name, body.Name);
        var type = body.Type switch
        {
            null or "flannel_etcd" => NetworkType.FlannelEtcd,
            "flannel_server" => NetworkType.FlannelServer,
            _ => throw Body.Bad($"type: '{body.Type}' is not a type of network; expected flannel_etcd or flannel_server."),
        };
        var definition = new NetworkDefinition(network, type, Options.Of(body.Options));
        if (definition.Problem is { } problem)
        {
            throw Body.Bad($"{problem}.");
        }

        return Answer(name, await networks.ActorRef.AskAsync<NetworkReply>(new NetworkCommand.Put(network, type, definition.Options), context.RequestAborted), 201);
    }

    private static async Task<IResult> Delete(string name, IRequiredActor<NetworkActor> networks, EntityDirectory directory, CancellationToken ct)
    {
        if (!ResourceName.TryParse(name, out var network))
        {
            return Answers.Gone;
        }

        // The default network outlives its deletion: what is deleted is only somebody's own definition of it.
        if (await directory.ClusterUsing(EntityDirectory.Network, name, ct) is { } cluster)
        {
            return Answers.Problem(409, $"Network '{name}' is used by cluster '{cluster}'; give that another network first.");
        }

        await networks.ActorRef.AskAsync<NetworkReply>(new NetworkCommand.Delete(network), ct);
        return Answers.Gone;
    }

    private static IResult Answer(string name, NetworkReply reply, int status) => reply switch
    {
        NetworkReply.Described(var n) => Answers.Json(new NetworkResource(name, ToWireName(n.Type), Options.Element(n.Options)), ContractsJson.Default.NetworkResource, status),
        NetworkReply.Different(var n) => Answers.Problem(409, $"Network '{name}' exists with type {ToWireName(n.Type)} and options {n.Options}; delete it first to replace it."),
        _ => Unknown(name),
    };

    private static string ToWireName(NetworkType type) => type == NetworkType.FlannelEtcd ? "flannel_etcd" : "flannel_server";

    private static IResult Unknown(string name) => Answers.Problem(404, $"There is no network '{name}'.");
}
