using System.Security.Claims;
using System.Security.Cryptography;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Hosts;
using Commissaire.Security;

namespace Commissaire.Hosts;

internal static class HostRoutes
{
    public static void MapHosts(this IEndpointRouteBuilder api)
    {
        var hosts = api.MapGroup("").WithTags("Hosts");
        hosts.MapGetAndHead("/hosts", List).Produces<IReadOnlyList<HostResource>>();
        MapRegistration(hosts, "/host", (HttpContext context, HostRegistrar registrar) => registrar.Register(context, null));
        MapRegistration(
            hosts,
            "/host/{address}",
            (string address, HttpContext context, HostRegistrar registrar) => registrar.Register(context, address));
        hosts.MapGetAndHead("/host/{address}", Describe).Produces<HostResource>().ProducesProblems(404);
        hosts.MapDelete("/host/{address}", Delete).Produces<IReadOnlyList<string>>().ProducesProblems(404);
        hosts.MapGetAndHead("/host/{address}/creds", ReadCredentials).Produces<CredentialsResource>().ProducesProblems(404, 409);
        hosts.MapGetAndHead("/host/{address}/status", DescribeStatus).Produces<HostStatusResource>().ProducesProblems(404);
        hosts.MapPut("/host/{address}/credentials", (string address, HttpContext context, HostRegistrar registrar) =>
                registrar.ChangeCredentials(context, address))
            .AcceptsJson<ChangeCredentialsRequest>().Produces<HostResource>(201).ProducesProblems(400, 404, 409);
        hosts.MapPut("/host/{address}/hostkey", AcceptHostKey)
            .AcceptsJson<AcceptHostKeyRequest>().Produces<HostResource>(201).ProducesProblems(400, 404, 409);
        hosts.MapGetAndHead("/host/{address}/history", ReadHistory).Produces<IReadOnlyList<HistoryEntry>>().ProducesProblems(400, 404);
    }

    private static void MapRegistration(RouteGroupBuilder hosts, string pattern, Delegate handler) =>
        hosts.MapPut(pattern, handler).RequireAuthorization(AuthorizationPolicies.RegisterHosts)
            .AcceptsJson<RegisterHostRequest>().Produces<HostResource>(201).ProducesProblems(400, 409);

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

    private static async Task<IResult> Describe(
        string address, IRequiredActor<HostActor> hosts, HostDirectory directory, CancellationToken ct)
    {
        if (!HostAddress.TryParse(address, out var host))
        {
            return HostAnswers.Unknown(address);
        }

        var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct);
        return reply is HostReply.Described(var view)
            ? HostAnswers.Described(view, await directory.SameMachine(view, ct))
            : HostAnswers.Of(host, reply);
    }

    private static async Task<IResult> Delete(
        string address, IRequiredActor<HostActor> hosts, IRequiredActor<ClusterActor> clusters, CancellationToken ct)
    {
        if (!HostAddress.TryParse(address, out var host)
            || await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct) is not HostReply.Described(var view))
        {
            return HostAnswers.Unknown(address);
        }

        var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Delete(host), ct);
        if (reply is HostReply.Forgotten && view.Cluster is { } cluster)
        {
            await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.RemoveMember(cluster, host), ct);
        }

        return HostAnswers.Of(host, reply);
    }

    private static async Task<IResult> ReadCredentials(
        string address, ClaimsPrincipal user, IRequiredActor<HostActor> hosts, SecretStore secrets, CancellationToken ct)
    {
        if (!HostAddress.TryParse(address, out var host))
        {
            return HostAnswers.Unknown(address);
        }

        var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.ReadCredentials(host, user.Name()), ct);
        try
        {
            var key = reply is HostReply.Credentials(var secret, _) ? await secrets.Read(secret, ct) : null;
            return HostAnswers.Of(host, reply, key: key);
        }
        catch (CryptographicException e)
        {
            return HostAnswers.Undecryptable(host, e.Message);
        }
    }

    private static async Task<IResult> DescribeStatus(
        string address, IRequiredActor<HostActor> hosts, IRequiredActor<ContainerManagerActor> managers, CancellationToken ct)
    {
        if (!HostAddress.TryParse(address, out var host))
        {
            return HostAnswers.Unknown(address);
        }

        var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct);
        if (reply is not HostReply.Described(var view))
        {
            return HostAnswers.Of(host, reply);
        }

        var node = view.Manager is { } manager
            ? await managers.ActorRef.AskAsync<ContainerManagerReply>(new ContainerManagerCommand.DescribeNode(manager, host), ct)
            : null;
        return HostAnswers.Status(view, node);
    }

    private static async Task<IResult> AcceptHostKey(
        string address, HttpContext context, IRequiredActor<HostActor> hosts, CancellationToken ct)
    {
        if (!HostAddress.TryParse(address, out var host))
        {
            return HostAnswers.Unknown(address);
        }

        var fingerprint = HostRequests.Fingerprint(await JsonBody.Read(context.Request, ContractsJson.Default.AcceptHostKeyRequest));
        var command = new HostCommand.AcceptHostKey(host, fingerprint, context.User.Name());
        return HostAnswers.Of(host, await hosts.ActorRef.AskAsync<HostReply>(command, ct), 201);
    }

    private static async Task<IResult> ReadHistory(
        string address, HistoryReader histories, CancellationToken ct, long after = 0, int limit = 1000) =>
        HostAddress.TryParse(address, out var host)
            ? await histories.Read<HostEvent>($"host-{host}", after, limit, HostState.Describe, e => e.At, ct)
                ?? HostAnswers.Unknown(address)
            : HostAnswers.Unknown(address);
}
