using System.Collections.Immutable;
using Akka.Hosting;
using Commissaire.Contracts;
using Commissaire.Contracts.Clusters;
using Commissaire.Hosts;
using Commissaire.Http;

namespace Commissaire.Clusters;

/// <summary>
/// The members of clusters over REST. The host says yes first, since it can be in one cluster only; then the cluster lists it. If the server
/// dies between the two, host and cluster find it out and agree by themselves.
/// </summary>
internal static class MemberEndpoints
{
    public static void MapMembers(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/cluster/{name}/hosts").WithTags("Members");
        group.MapMethods("", Verbs.Get, List).Produces<IReadOnlyList<string>>().Refuses(404);
        group.MapPut("", Replace).Accepts<ReplaceMembersRequest>("application/json").Produces<ClusterMembers>().Refuses(400).Refuses(404).Refuses(409);
        group.MapMethods("/{host}", Verbs.Get, Test).Produces<IReadOnlyList<string>>().Refuses(404);
        group.MapPut("/{host}", Add).Produces<IReadOnlyList<string>>().Refuses(404).Refuses(405).Refuses(409);
        group.MapDelete("/{host}", Remove).Produces<IReadOnlyList<string>>().Refuses(404);
    }

    private static async Task<IResult> List(string name, IRequiredActor<ClusterActor> clusters, CancellationToken ct) =>
        await ClusterEndpoints.Find(name, clusters, ct) is { } cluster ? Answers.Names([.. cluster.Members.Select(m => m.Value)]) : ClusterEndpoints.Unknown(name);

    private static async Task<IResult> Test(string name, string host, IRequiredActor<ClusterActor> clusters, CancellationToken ct) =>
        await ClusterEndpoints.Find(name, clusters, ct) is not { } cluster ? ClusterEndpoints.Unknown(name)
            : HostAddress.TryParse(host, out var address) && cluster.Members.Contains(address) ? Answers.Names([address.Value])
            : Answers.Problem(404, $"Host '{host}' is not a member of cluster '{name}'.");

    private static async Task<IResult> Add(
        string name, string host, IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts, CancellationToken ct)
    {
        if (await ClusterEndpoints.Find(name, clusters, ct) is not { } cluster)
        {
            return ClusterEndpoints.Unknown(name);
        }

        if (!HostAddress.TryParse(host, out var address))
        {
            return Answers.Problem(404, $"No host is registered at '{host}'.");
        }

        var joined = await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Join(address, cluster.Name), ct);
        return joined is not HostReply.Described ? HostEndpoints.Answer(address, joined)
            : await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.AddMember(cluster.Name, address), ct) is ClusterReply.Described ? Answers.Names([address.Value])
            : ClusterEndpoints.Unknown(name);
    }

    private static async Task<IResult> Remove(
        string name, string host, IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts, CancellationToken ct)
    {
        if (await ClusterEndpoints.Find(name, clusters, ct) is not { } cluster)
        {
            return ClusterEndpoints.Unknown(name);
        }

        if (HostAddress.TryParse(host, out var address))
        {
            await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Leave(address, cluster.Name), ct);
            await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.RemoveMember(cluster.Name, address), ct);
        }

        return Answers.Gone;
    }

    private static async Task<IResult> Replace(string name, HttpContext context, IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts)
    {
        var ct = context.RequestAborted;
        var body = await Body.Read(context.Request, ContractsJson.Default.ReplaceMembersRequest);
        var (old, wanted) = (Addresses("old", body.Old), Addresses("new", body.New));
        if (await ClusterEndpoints.Find(name, clusters, ct) is not { } cluster)
        {
            return ClusterEndpoints.Unknown(name);
        }

        if (!cluster.Members.ToHashSet().SetEquals(old))
        {
            return Changed(name);
        }

        var added = wanted.Except(old).ToList();
        if (await FirstRefusal(added, cluster.Name, hosts, ct) is { } refusal)
        {
            return refusal;
        }

        foreach (var address in added)
        {
            await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Join(address, cluster.Name), ct);
        }

        if (await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.ReplaceMembers(cluster.Name, old, wanted), ct) is not ClusterReply.Described(var after))
        {
            // Somebody else was faster: what was joined for this request leaves again.
            foreach (var address in added)
            {
                await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Leave(address, cluster.Name), CancellationToken.None);
            }

            return Changed(name);
        }

        // Also when the client has gone by now: a host that does not know that it left would list itself again.
        foreach (var address in old.Except(wanted))
        {
            await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Leave(address, cluster.Name), CancellationToken.None);
        }

        return Answers.Json(
            new ClusterMembers(name, after.Status.ToWireName(), after.Network.Value, [.. after.Members.Select(m => m.Value)], after.Manager?.Value ?? ""),
            ContractsJson.Default.ClusterMembers);
    }

    // Looked at before anything is done, so that one host that may not join leaves the others where they are.
    private static async Task<IResult?> FirstRefusal(List<HostAddress> added, ResourceName cluster, IRequiredActor<HostActor> hosts, CancellationToken ct)
    {
        foreach (var address in added)
        {
            var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(address), ct);
            if (reply is not HostReply.Described(var host))
            {
                return HostEndpoints.Answer(address, reply);
            }

            HostReply? refused = host switch
            {
                { Cluster: { } other } when other != cluster => new HostReply.Refused(HostRefusal.InAnotherCluster, other.Value),
                { Status: HostStatus.Active or HostStatus.Disassociated } => null,
                _ => new HostReply.Refused(HostRefusal.NotReadyToJoin, host.Status.ToWireName()),
            };
            if (refused is not null)
            {
                return HostEndpoints.Answer(address, refused);
            }
        }

        return null;
    }

    private static ImmutableArray<HostAddress> Addresses(string field, IReadOnlyList<string>? texts) =>
        texts is null
            ? throw Body.Bad($"{field}: is missing; expected a list of addresses.")
            : [.. texts.Select((text, i) => HostAddress.TryParse(text, out var a) ? a : throw Body.Bad($"{field}[{i}]: '{text}' is not {HostAddress.Expectation}.")).Distinct()];

    private static IResult Changed(string name) =>
        Answers.Problem(409, $"old: is not the list of hosts that cluster '{name}' has now; read it with GET /api/v0/cluster/{name}/hosts and try again.");
}
