using Akka.Hosting;
using Commissaire.Contracts;
using Commissaire.Contracts.Clusters;

namespace Commissaire.Clusters;

/// <summary>
/// The routes of the members of clusters. A host that joins agrees first, since it can be in one cluster only; then the cluster lists it.
/// If the server dies between the two, they compare later, and agree.
/// </summary>
internal static class MemberRoutes
{
    public static void MapMembers(this IEndpointRouteBuilder api)
    {
        var members = api.MapGroup("/cluster/{name}/hosts").WithTags("Members");
        members.MapGetAndHead("", List).Produces<IReadOnlyList<string>>().ProducesProblems(404);
        members.MapPut("", Replace).AcceptsJson<ReplaceMembersRequest>().Produces<ClusterMembers>().ProducesProblems(400, 404, 409);
        members.MapGetAndHead("/{host}", Test).Produces<IReadOnlyList<string>>().ProducesProblems(404);
        members.MapPut("/{host}", Add).Produces<IReadOnlyList<string>>().ProducesProblems(404, 405, 409);
        members.MapDelete("/{host}", Remove).Produces<IReadOnlyList<string>>().ProducesProblems(404);
    }

    private static async Task<IResult> List(string name, IRequiredActor<ClusterActor> clusters, CancellationToken ct) =>
        await clusters.Find(name, ct) is { } cluster ? ClusterAnswers.MemberList(cluster) : ClusterAnswers.Unknown(name);

    private static async Task<IResult> Test(string name, string host, IRequiredActor<ClusterActor> clusters, CancellationToken ct) =>
        await clusters.Find(name, ct) is not { } cluster ? ClusterAnswers.Unknown(name)
            : HostAddress.TryParse(host, out var address) && cluster.Members.Contains(address) ? Answers.Names([address.Value])
            : ClusterAnswers.NotAMember(name, host);

    private static async Task<IResult> Add(
        string name, string host, IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts, CancellationToken ct)
    {
        if (await clusters.Find(name, ct) is not { } cluster)
        {
            return ClusterAnswers.Unknown(name);
        }

        if (!HostAddress.TryParse(host, out var address))
        {
            return HostAnswers.Unknown(host);
        }

        var joined = await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Join(address, cluster.Name), ct);
        if (joined is not HostReply.Described)
        {
            return HostAnswers.Of(address, joined);
        }

        var added = await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.AddMember(cluster.Name, address), ct);
        return added is ClusterReply.Described ? Answers.Names([address.Value]) : ClusterAnswers.Unknown(name);
    }

    private static async Task<IResult> Remove(
        string name, string host, IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts, CancellationToken ct)
    {
        if (await clusters.Find(name, ct) is not { } cluster)
        {
            return ClusterAnswers.Unknown(name);
        }

        if (HostAddress.TryParse(host, out var address))
        {
            await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Leave(address, cluster.Name), ct);
            await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.RemoveMember(cluster.Name, address), ct);
        }

        return Answers.Deleted;
    }

    private static async Task<IResult> Replace(
        string name, HttpContext context, IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts, CancellationToken ct)
    {
        var (current, wanted) = ClusterRequests.Members(await JsonBody.Read(context.Request, ContractsJson.Default.ReplaceMembersRequest));
        if (await clusters.Find(name, ct) is not { } cluster)
        {
            return ClusterAnswers.Unknown(name);
        }

        if (!cluster.Members.ToHashSet().SetEquals(current))
        {
            return ClusterAnswers.MembersChanged(name);
        }

        var added = wanted.Except(current).ToList();
        if (await FirstRefusal(added, cluster.Name, hosts, ct) is { } refusal)
        {
            return refusal;
        }

        // The cluster decides first, because only it can compare the lists: a request that lost against another one touches no host.
        var replace = new ClusterCommand.ReplaceMembers(cluster.Name, current, wanted);
        if (await clusters.ActorRef.AskAsync<ClusterReply>(replace, ct) is not ClusterReply.Described)
        {
            return ClusterAnswers.MembersChanged(name);
        }

        return await Follow(cluster.Name, added, [.. current.Except(wanted)], clusters, hosts);
    }

    // Lets hosts join and leave as the new list says. It finishes even if the client disconnects.
    private static async Task<IResult> Follow(
        ResourceName cluster, IEnumerable<HostAddress> added, IEnumerable<HostAddress> removed, IRequiredActor<ClusterActor> clusters,
        IRequiredActor<HostActor> hosts)
    {
        IResult? refusal = null;
        foreach (var address in added)
        {
            var joined = await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Join(address, cluster), CancellationToken.None);
            if (joined is not HostReply.Described)
            {
                await Unlist(address);
                refusal ??= HostAnswers.Of(address, joined);
            }
        }

        foreach (var address in removed)
        {
            // A report that the host sent before it left may have listed it again.
            await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Leave(address, cluster), CancellationToken.None);
            await Unlist(address);
        }

        return refusal ?? (await clusters.Find(cluster, CancellationToken.None) is { } view
            ? ClusterAnswers.Members(view)
            : ClusterAnswers.Unknown(cluster.Value));

        Task Unlist(HostAddress address) => clusters.ActorRef.AskAsync<ClusterReply>(
            new ClusterCommand.RemoveMember(cluster, address), CancellationToken.None);
    }

    // Checked before the list changes: if one host cannot join, the others stay where they are.
    private static async Task<IResult?> FirstRefusal(
        List<HostAddress> added, ResourceName cluster, IRequiredActor<HostActor> hosts, CancellationToken ct)
    {
        foreach (var address in added)
        {
            var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(address), ct);
            var refusal = reply switch
            {
                HostReply.Described({ Cluster: { } other }) when other != cluster =>
                    new HostReply.Refused(HostRefusal.InAnotherCluster, other.Value),
                HostReply.Described({ Status: HostStatus.Active or HostStatus.Disassociated }) => null,
                HostReply.Described(var host) => new HostReply.Refused(HostRefusal.NotReadyToJoin, host.Status.ToWireName()),
                _ => reply,
            };
            if (refusal is not null)
            {
                return HostAnswers.Of(address, refusal);
            }
        }

        return null;
    }
}
