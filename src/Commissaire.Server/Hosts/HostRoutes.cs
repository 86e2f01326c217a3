using System.ComponentModel;
using System.Security.Claims;
using System.Security.Cryptography;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Hosts;
using Commissaire.Security;
using Microsoft.AspNetCore.Mvc;

namespace Commissaire.Hosts;

internal static class HostRoutes
{
    private const string DryRun =
        "`true`: connect, look, and answer with what the registration would do, a HostPlanResource (200). Nothing is changed or kept.";

    private const string Missing = "The host is not registered.";

    public static void MapHosts(this IEndpointRouteBuilder api)
    {
        var hosts = api.MapGroup("").WithTags("Hosts");
        hosts.MapGetAndHead("/hosts", List).Named("listHosts", "List all hosts").Produces<IReadOnlyList<HostResource>>();
        MapRegistration(
            hosts,
            "/host",
            (HttpContext context, HostRegistrar registrar, [FromQuery(Name = "dry_run"), Description(DryRun)] string? dryRun) =>
                registrar.Register(context, null, dryRun))
            .Named("registerHostInBody", "Register the host that the body names, or the client itself");
        MapRegistration(
            hosts,
            "/host/{address}",
            (string address, HttpContext context, HostRegistrar registrar,
                [FromQuery(Name = "dry_run"), Description(DryRun)] string? dryRun) => registrar.Register(context, address, dryRun))
            .Named("registerHost", "Register a host");
        hosts.MapGetAndHead("/host/{address}", Describe)
            .Named("getHost", "Get a host").Produces<HostResource>().Fails(404, Missing);
        hosts.MapDelete("/host/{address}", Delete)
            .Named("deleteHost", "Delete a host, and remove it from its cluster")
            .Produces<IReadOnlyList<NodeDepartureResource>>().Fails(404, Missing);
        hosts.MapGetAndHead("/host/{address}/creds", ReadCredentials)
            .Named("getHostCredentials", "Read the private key of a host; each read is an event").Produces<CredentialsResource>()
            .Fails(404, "The host is not registered, or its key is missing.").Fails(409, "The key cannot be decrypted.");
        hosts.MapGetAndHead("/host/{address}/status", DescribeStatus)
            .Named("getHostStatus", "Get the status of a host and of its node").Produces<HostStatusResource>().Fails(404, Missing);
        hosts.MapPut("/host/{address}/credentials", (string address, HttpContext context, HostRegistrar registrar) =>
                registrar.ChangeCredentials(context, address))
            .Named("changeHostCredentials", "Change the key, the user or the port with which Commissaire logs in")
            .AcceptsJson<ChangeCredentialsRequest>().Produces<HostResource>(201)
            .Fails(404, Missing).Fails(409, "A login with the new credentials failed. Nothing was changed.");
        hosts.MapPost("/host/{address}/rotate-key", (string address, HttpContext context, HostRegistrar registrar) =>
                registrar.RotateKey(context, address))
            .Named("rotateHostKey", "Replace the key with which Commissaire logs in").AcceptsJson<RotateKeyRequest>()
            .Produces<HostResource>().Fails(404, Missing)
            .Fails(409, "The new key could not be installed, or a login with it failed. The old key is still used.");
        hosts.MapPost("/host/{address}/release", Release)
            .Named("releaseHost", "End what Commissaire does with a host; its node stays").AcceptsJson<ReleaseHostRequest>()
            .Produces<ReleasedHostResource>().Fails(404, Missing).Fails(409, "The files of the host could not be put back, or it is busy.");
        hosts.MapPut("/host/{address}/hostkey", AcceptHostKey)
            .Named("acceptHostKey", "Trust the key that a host offers instead of the known one")
            .AcceptsJson<AcceptHostKeyRequest>().Produces<HostResource>(201)
            .Fails(404, Missing).Fails(409, "The host offers another key, or no new one.");
        hosts.MapGetAndHead("/host/{address}/history", ReadHistory)
            .Named("getHostHistory", "Read the history of a host").Produces<IReadOnlyList<HistoryEntry>>().Fails(404, Missing);
    }

    private static RouteHandlerBuilder MapRegistration(RouteGroupBuilder hosts, string pattern, Delegate handler) =>
        hosts.MapPut(pattern, handler).RequireAuthorization(AuthorizationPolicies.RegisterHosts)
            .AcceptsJson<RegisterHostRequest>().Produces<HostResource>(201)
            .Fails(403, "The credentials are missing or wrong, or the enrolment token does not register the host: `detail` has the reason.")
            .Fails(409, "The host is registered with another key, user, port, bootstrap or cluster, or the cluster does not exist.");

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
        string address, IRequiredActor<HostActor> hosts, IRequiredActor<ClusterActor> clusters, CancellationToken ct,
        [Description(HostRequests.NodesHelp)] string? nodes = null)
    {
        var disposal = HostRequests.Nodes(nodes);
        if (!HostAddress.TryParse(address, out var host)
            || await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct) is not HostReply.Described(var view))
        {
            return HostAnswers.Unknown(address);
        }

        var reply = await hosts.ActorRef.AskAsync<HostReply>(new HostCommand.Delete(host) { Nodes = disposal }, ct);
        if (reply is HostReply.Forgotten && view.Cluster is { } cluster)
        {
            await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.RemoveMember(cluster, host), ct);
        }

        return reply is HostReply.Forgotten { Node: var node }
            ? HostAnswers.Departed(nodes, node is null ? [] : [new DepartedNode(host, node)])
            : HostAnswers.Of(host, reply);
    }

    private static async Task<IResult> Release(
        string address, HttpContext context, IRequiredActor<HostActor> hosts, IRequiredActor<ClusterActor> clusters, CancellationToken ct)
    {
        var body = await JsonBody.Read(context.Request, ContractsJson.Default.ReleaseHostRequest);
        if (!HostAddress.TryParse(address, out var host)
            || await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct) is not HostReply.Described(var view))
        {
            return HostAnswers.Unknown(address);
        }

        var release = new HostCommand.Release(host, body.Restore ?? false, context.User.Name());
        var reply = await hosts.ActorRef.AskAsync<HostReply>(release, ct, 2 * RestoreFiles.Deadline);
        if (reply is HostReply.Released && view.Cluster is { } cluster)
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
            ? await histories.Read<HostEvent>($"host-{host}", after, limit, HostState.Describe, e => (e.At, e.Caller), ct)
                ?? HostAnswers.Unknown(address)
            : HostAnswers.Unknown(address);
}
