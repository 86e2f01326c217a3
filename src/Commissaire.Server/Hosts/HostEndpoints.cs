using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Hosts;
using Commissaire.Http;
using Commissaire.Security;

namespace Commissaire.Hosts;

/// <summary>Hosts over REST.</summary>
internal static class HostEndpoints
{
    public static void MapHosts(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Hosts");
        group.MapMethods("/hosts", Verbs.Get, List).Produces<IReadOnlyList<HostResource>>();
        group.MapPut("/host", RegisterHere).Accepts<RegisterHostRequest>("application/json").Produces<HostResource>(201).Refuses(400).Refuses(409);
        group.MapPut("/host/{address}", Register).Accepts<RegisterHostRequest>("application/json").Produces<HostResource>(201).Refuses(400).Refuses(409);
        group.MapMethods("/host/{address}", Verbs.Get, Describe).Produces<HostResource>().Refuses(404);
        group.MapDelete("/host/{address}", Delete).Produces<IReadOnlyList<string>>().Refuses(404);
        group.MapMethods("/host/{address}/creds", Verbs.Get, Credentials).Produces<CredentialsResource>().Refuses(404);
        group.MapMethods("/host/{address}/status", Verbs.Get, Status).Produces<HostStatusResource>().Refuses(404);
        group.MapPut("/host/{address}/hostkey", AcceptHostKey).Accepts<AcceptHostKeyRequest>("application/json").Produces<HostResource>(201).Refuses(400).Refuses(404).Refuses(409);
        group.MapMethods("/host/{address}/history", Verbs.Get, History).Produces<IReadOnlyList<HistoryEntry>>().Refuses(400).Refuses(404);
    }

    private static async Task List(HttpContext context, HostDirectory hosts)
    {
        context.Response.ContentType = "application/json";
        var separator = "["u8.ToArray();
        await foreach (var host in hosts.All(context.RequestAborted))
        {
            await context.Response.Body.WriteAsync(separator, context.RequestAborted);
            await context.Response.Body.WriteAsync(host, context.RequestAborted);
            separator = ","u8.ToArray();
        }

        await context.Response.Body.WriteAsync(separator[0] == '[' ? "[]"u8.ToArray() : "]"u8.ToArray(), context.RequestAborted);
    }

    private static Task<IResult> RegisterHere(HttpContext context, HostRegistrar registrar) => registrar.Register(context, null);

    private static Task<IResult> Register(string address, HttpContext context, HostRegistrar registrar) => registrar.Register(context, address);

    private static async Task<IResult> Describe(string address, IRequiredActor<HostActor> hosts, CancellationToken ct) =>
        HostAddress.TryParse(address, out var host)
            ? Answer(host, await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct))
            : Unknown(address);

    private static async Task<IResult> Delete(string address, IRequiredActor<HostActor> hosts, IRequiredActor<ClusterActor> clusters, CancellationToken ct)
    {
        if (!HostAddress.TryParse(address, out var host) || await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct) is not HostReply.Described(var view))
        {
            return Unknown(address);
        }

        var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Delete(host), ct);
        if (reply is HostReply.Forgotten && view.Cluster is { } cluster)
        {
            await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.RemoveMember(cluster, host), ct);
        }

        return reply is HostReply.Forgotten ? Answers.Gone : Answer(host, reply);
    }

    private static async Task<IResult> Credentials(string address, HttpContext context, IRequiredActor<HostActor> hosts, SecretStore secrets, CancellationToken ct)
    {
        if (!HostAddress.TryParse(address, out var host))
        {
            return Unknown(address);
        }

        var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.ReadCredentials(host, context.User()), ct);
        return reply is HostReply.Credentials(var secret, var user) && await secrets.Read(secret, ct) is { } key
            ? Answers.Json(new CredentialsResource(host.Value, Convert.ToBase64String(key), user), ContractsJson.Default.CredentialsResource)
            : Answer(host, reply);
    }

    private static async Task<IResult> Status(
        string address, IRequiredActor<HostActor> hosts, IRequiredActor<ContainerManagerActor> managers, CancellationToken ct)
    {
        if (!HostAddress.TryParse(address, out var host))
        {
            return Unknown(address);
        }

        var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct);
        if (reply is not HostReply.Described(var view))
        {
            return Answer(host, reply);
        }

        var node = view.Manager is not { } manager ? [] : await managers.ActorRef.AskAsync<ContainerManagerReply>(new ContainerManagerCommand.DescribeNode(manager, host), ct) switch
        {
            ContainerManagerReply.Node { Status: { } status } => new Dictionary<string, string> { ["node"] = host.Value, ["status"] = status },
            ContainerManagerReply.NodeDetail(var facts) => facts.ToDictionary(f => f.Name, f => f.Value),
            _ => [],
        };
        return Answers.Json(HostResources.StatusOf(view, node), ContractsJson.Default.HostStatusResource);
    }

    private static async Task<IResult> AcceptHostKey(string address, HttpContext context, IRequiredActor<HostActor> hosts, CancellationToken ct)
    {
        if (!HostAddress.TryParse(address, out var host))
        {
            return Unknown(address);
        }

        var body = await Body.Read(context.Request, ContractsJson.Default.AcceptHostKeyRequest);
        if (body.Fingerprint is null || !HostKey.TryParse(body.Fingerprint, out var key))
        {
            return Answers.Problem(400, "fingerprint: expected the one that offered_host_key of the host shows, 'SHA256:…'.");
        }

        return Answer(host, await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.AcceptHostKey(host, key.Fingerprint, context.User()), ct), 201);
    }

    private static async Task<IResult> History(string address, Histories histories, CancellationToken ct, long after = 0, int limit = 1000) =>
        HostAddress.TryParse(address, out var host)
            ? await histories.Read<HostEvent>($"host-{host}", after, limit, HostState.Describe, e => e.At, ct) ?? Unknown(address)
            : Unknown(address);

    /// <summary>The one place where a host's answer becomes an HTTP answer.</summary>
    internal static IResult Answer(HostAddress host, HostReply reply, int status = 200) => reply switch
    {
        HostReply.Registered(var view) => Answers.Json(HostResources.Of(view), ContractsJson.Default.HostResource, 201),
        HostReply.Described(var view) => Answers.Json(HostResources.Of(view), ContractsJson.Default.HostResource, status),
        HostReply.Credentials => Answers.Problem(404, $"The SSH key of host '{host}' is not in the secret store any more. Delete the host and register it again."),
        HostReply.Refused(HostRefusal.NotRegistered, _) => Unknown(host.Value),
        HostReply.Refused(HostRefusal.UnusableKey, var detail) => Answers.Problem(400, $"{detail}."),
        HostReply.Refused(HostRefusal.RegisteredWithAnotherKey, _) => Answers.Problem(409,
            $"ssh_priv_key: host '{host}' is registered with another key; delete the host first to replace it."),
        HostReply.Refused(HostRefusal.InAnotherCluster, null) => Answers.Problem(409, $"cluster: host '{host}' is registered in no cluster; add it with PUT /api/v0/cluster/NAME/hosts/{host}."),
        HostReply.Refused(HostRefusal.InAnotherCluster, var cluster) => Answers.Problem(409, $"Host '{host}' is a member of cluster '{cluster}'; a host can be in one cluster only."),
        HostReply.Refused(HostRefusal.NotReadyToJoin, var is_) => Answers.Problem(405, $"Host '{host}' is {is_}; only active and disassociated hosts can join a cluster."),
        HostReply.Refused(HostRefusal.NotTheOfferedKey, var offered) => Answers.Problem(409,
            offered is null ? $"Host '{host}' shows no new host key." : $"fingerprint: host '{host}' shows {offered}."),
        _ => throw new InvalidOperationException($"No HTTP answer for {reply.GetType()}."),
    };

    private static IResult Unknown(string address) => Answers.Problem(404, $"No host is registered at '{address}'.");
}
