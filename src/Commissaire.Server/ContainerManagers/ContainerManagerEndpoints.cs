using System.Collections.Immutable;
using System.Text;
using Akka.Hosting;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Contracts;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Http;
using Commissaire.Security;
using Commissaire.Storage;

namespace Commissaire.ContainerManagers;

/// <summary>Container managers over REST.</summary>
internal static class ContainerManagerEndpoints
{
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(5);

    public static void MapContainerManagers(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("").WithTags("Container managers");
        group.MapMethods("/containermanagers", Verbs.Get, List).Produces<IReadOnlyList<string>>();
        group.MapMethods("/containermanager", Verbs.Get, List).Produces<IReadOnlyList<string>>();
        group.MapMethods("/containermanager/{name}", Verbs.Get, Describe).Produces<ContainerManagerResource>().Refuses(404);
        group.MapPut("/containermanager/{name}", Put).Accepts<PutContainerManagerRequest>("application/json")
            .Produces<ContainerManagerResource>(201).Refuses(400).Refuses(409);
        group.MapDelete("/containermanager/{name}", Delete).Produces<IReadOnlyList<string>>().Refuses(409);
    }

    private static async Task<IResult> List(EntityDirectory directory, CancellationToken ct) => Answers.Names(await directory.Names(EntityDirectory.ContainerManager, ct));

    private static async Task<IResult> Describe(string name, IRequiredActor<ContainerManagerActor> managers, CancellationToken ct) =>
        ResourceName.TryParse(name, out var manager)
            ? Answer(name, await managers.ActorRef.AskAsync<ContainerManagerReply>(new ContainerManagerCommand.Describe(manager), ct), 200)
            : Unknown(name);

    private static async Task<IResult> Put(string name, HttpContext context, IRequiredActor<ContainerManagerActor> managers, SecretStore secrets)
    {
        if (!ResourceName.TryParse(name, out var manager))
        {
            return Answers.Problem(404, $"'{name}' cannot be a container manager: expected {ResourceName.Expectation}.");
        }

        var body = await Body.Read(context.Request, ContractsJson.Default.PutContainerManagerRequest);
        Names.MustAgree(name, body.Name);
        var type = body.Type switch
        {
            null or "openshift" => ContainerManagerType.OpenShift,
            "kubernetes" => ContainerManagerType.Kubernetes,
            "trivial" => ContainerManagerType.Trivial,
            _ => throw Body.Bad($"type: '{body.Type}' is not a type of container manager; expected openshift, kubernetes or trivial."),
        };
        var options = Options.Of(body.Options);
        await Check(type, options, context.RequestAborted);

        var offered = ImmutableArray.CreateBuilder<OfferedSecret>();
        foreach (var option in KubernetesSettings.SecretOptions)
        {
            if (options.Text(option) is { } secret)
            {
                var id = await secrets.Add($"container-manager/{name}", Encoding.UTF8.GetBytes(secret));
                offered.Add(new OfferedSecret(option, id, secrets.Digests(secret)));
                options = options.With(option, KubernetesSettings.Mask);
            }
        }

        var reply = await managers.ActorRef.AskAsync<ContainerManagerReply>(
            new ContainerManagerCommand.Put(manager, type, options, offered.ToImmutable()), context.RequestAborted);
        if (reply is not (ContainerManagerReply.Created or ContainerManagerReply.Renewed))
        {
            foreach (var unused in offered)
            {
                await secrets.Remove(unused.SecretId);
            }
        }

        return Answer(name, reply, 201);
    }

    // What cannot be used is refused; a server that is away is not: it may be back before it is needed.
    private static async Task Check(ContainerManagerType type, OptionSet options, CancellationToken ct)
    {
        try
        {
            var configuration = type == ContainerManagerType.Trivial ? null : KubernetesSettings.Read(options, options.Text("token"));
            KubernetesSettings.CheckJoin(type, options, configuration);
            if (configuration is null)
            {
                return;
            }

            using var nodes = new KubernetesContainerManager(configuration, TimeProvider.System);
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(ct);
            soon.CancelAfter(ProbeTime);
            await nodes.Probe(soon.Token);
        }
        catch (FormatException e)
        {
            throw Body.Bad(e.Message);
        }
        catch (Exception e) when (KubernetesErrors.IsUntrustedCertificate(e))
        {
            throw Body.Bad($"{(options.Text("kubeconfig") is null ? "ca" : "kubeconfig")}: the certificate that the server shows is not trusted; expected its authority in PEM form, or insecure_skip_tls_verify.");
        }
        catch (Exception e) when (KubernetesErrors.IsExpected(e) && !ct.IsCancellationRequested)
        {
            // Where it stands is shown by GET.
        }
    }

    private static async Task<IResult> Delete(string name, IRequiredActor<ContainerManagerActor> managers, EntityDirectory directory, CancellationToken ct)
    {
        if (!ResourceName.TryParse(name, out var manager))
        {
            return Answers.Gone;
        }

        if (await directory.ClusterUsing(EntityDirectory.ContainerManager, name, ct) is { } cluster)
        {
            return Answers.Problem(409, $"Container manager '{name}' is used by cluster '{cluster}'; give that another one, or none, first.");
        }

        await managers.ActorRef.AskAsync<ContainerManagerReply>(new ContainerManagerCommand.Delete(manager), ct);
        return Answers.Gone;
    }

    private static IResult Answer(string name, ContainerManagerReply reply, int status) => reply switch
    {
        ContainerManagerReply.Created(var view) => Answers.Json(Resource(view), ContractsJson.Default.ContainerManagerResource, 201),
        ContainerManagerReply.Renewed(var view) => Answers.Json(Resource(view), ContractsJson.Default.ContainerManagerResource, status),
        ContainerManagerReply.Described(var view) => Answers.Json(Resource(view), ContractsJson.Default.ContainerManagerResource, status),
        ContainerManagerReply.Reached reached => Answers.Json(
            Resource(reached.View) with { Reachable = reached.Reachable, LastError = reached.LastError }, ContractsJson.Default.ContainerManagerResource, status),
        ContainerManagerReply.Different => Answers.Problem(409, $"Container manager '{name}' exists with another type or other options; delete it first to replace it."),
        _ => Unknown(name),
    };

    private static ContainerManagerResource Resource(ContainerManagerView view) =>
        new(view.Name.Value, view.Type.ToString().ToLowerInvariant(), Options.Element(view.Options));

    private static IResult Unknown(string name) => Answers.Problem(404, $"There is no container manager '{name}'.");
}
