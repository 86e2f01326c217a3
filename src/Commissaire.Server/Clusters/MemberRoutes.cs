using System.ComponentModel;
using Akka.Hosting;
using Commissaire.Contracts;
using Commissaire.Contracts.Clusters;
using Commissaire.Contracts.Hosts;

namespace Commissaire.Clusters;

/// <summary>
/// The routes of the members of clusters. A host that joins agrees first, since it can be in one cluster only; then the cluster lists it.
/// If the server dies between the two, they compare later, and agree.
/// </summary>
internal static class MemberRoutes
{
    private const string NotReady = "The host is not ready to join: it is neither active nor disassociated.";

    public static void MapMembers(this IEndpointRouteBuilder api)
    {
        var members = api.MapGroup("/cluster/{name}/hosts").WithTags("Members");
        members.MapGetAndHead("", List)
            .Named("listMembers", "List the addresses of the hosts of a cluster").Produces<IReadOnlyList<string>>()
            .Fails(404, "The cluster does not exist.");
        members.MapPut("", Replace)
            .Named("replaceMembers", "Replace the hosts of a cluster").AcceptsJson<ReplaceMembersRequest>().Produces<ClusterMembers>()
            .Fails(404, "The cluster, or a host that joins it, does not exist.")
            .Fails(405, NotReady)
            .Fails(409, "`old` differs from the hosts of the cluster, or a host is in another cluster.");
        members.MapGetAndHead("/{host}", Test)
            .Named("testMember", "Test whether a host is in a cluster").Produces<IReadOnlyList<string>>()
            .Fails(404, "The cluster does not exist, or the host is not in it.");
        members.MapPut("/{host}", Add)
            .Named("addMember", "Add a host to a cluster").Produces<IReadOnlyList<string>>()
            .Fails(404, "The cluster or the host does not exist.")
            .Fails(405, NotReady)
            .Fails(409, "The host is in another cluster.");
        members.MapDelete("/{host}", Remove)
            .Named("removeMember", "Remove a host from a cluster; it stays registered")
            .Produces<IReadOnlyList<NodeDepartureResource>>()
            .Fails(404, "The cluster does not exist.");
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
        string name, string host, IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts, CancellationToken ct,
        [Description(HostRequests.NodesHelp)] string? nodes = null)
    {
        var disposal = HostRequests.Nodes(nodes);
        if (await clusters.Find(name, ct) is not { } cluster)
        {
            return ClusterAnswers.Unknown(name);
        }

        if (!HostAddress.TryParse(host, out var address))
        {
            return HostAnswers.Departed(nodes, []);
        }

        var left = await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Leave(address, cluster.Name) { Nodes = disposal }, ct);
        await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.RemoveMember(cluster.Name, address), ct);
        return HostAnswers.Departed(
            nodes, left is HostReply.Described({ Cluster: null, NodeDeparture: { } node }) ? [new DepartedNode(address, node)] : []);
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
