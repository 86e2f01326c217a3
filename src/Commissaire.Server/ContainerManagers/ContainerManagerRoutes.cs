using System.Collections.Immutable;
using System.Text;
using Akka.Hosting;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Contracts;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Security;
using Commissaire.Storage;

namespace Commissaire.ContainerManagers;

internal static class ContainerManagerRoutes
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(5);

    public static void MapContainerManagers(this IEndpointRouteBuilder api)
    {
        var managers = api.MapGroup("").WithTags("Container managers");
        managers.MapGetAndHead("/containermanagers", List)
            .Named("listContainerManagers", "List the names of all container managers").Produces<IReadOnlyList<string>>();
        managers.MapGetAndHead("/containermanager", List).ExcludeFromDescription();
        managers.MapGetAndHead("/containermanager/{name}", Describe)
            .Named("getContainerManager", "Get a container manager").Produces<ContainerManagerResource>()
            .Fails(404, "The container manager does not exist.");
        managers.MapPut("/containermanager/{name}", Put)
            .Named("putContainerManager", "Create a container manager, or renew its token")
            .AcceptsJson<PutContainerManagerRequest>().Produces<ContainerManagerResource>(201)
            .Fails(404, "The name of the container manager is invalid.")
            .Fails(409, "The container manager exists with another type or other options.");
        managers.MapDelete("/containermanager/{name}", Delete)
            .Named("deleteContainerManager", "Delete a container manager, if there is one").Produces<IReadOnlyList<string>>()
            .Fails(409, "A cluster uses the container manager.");
    }

    private static async Task<IResult> List(EntityDirectory directory, CancellationToken ct) =>
        Answers.Names(await directory.Names(EntityDirectory.ContainerManager, ct));

    private static async Task<IResult> Describe(string name, IRequiredActor<ContainerManagerActor> managers, CancellationToken ct) =>
        ResourceName.TryParse(name, out var manager)
            ? ContainerManagerAnswers.Of(
                name, await managers.ActorRef.AskAsync<ContainerManagerReply>(new ContainerManagerCommand.Describe(manager), ct))
            : ContainerManagerAnswers.Unknown(name);

    private static async Task<IResult> Put(
        string name, HttpContext context, IRequiredActor<ContainerManagerActor> managers, SecretStore secrets, CancellationToken ct)
    {
        if (!ResourceName.TryParse(name, out var manager))
        {
            return ContainerManagerAnswers.InvalidName(name);
        }

        var body = await JsonBody.Read(
            context.Request, ContractsJson.Default.PutContainerManagerRequest, ContractsJson.Default.ContainerManagerResource);
        var (type, options) = ContainerManagerRequests.Definition(name, body);
        await RejectUnusable(type, options, ct);

        var (offered, masked) = Mask(name, options, secrets);
        var put = new ContainerManagerCommand.Put(manager, type, masked, offered);
        return ContainerManagerAnswers.Of(name, await managers.ActorRef.AskAsync<ContainerManagerReply>(put, ct), 201);
    }

    private static (ImmutableArray<OfferedSecret> Offered, OptionSet Masked) Mask(string name, OptionSet options, SecretStore secrets)
    {
        var offered = ImmutableArray.CreateBuilder<OfferedSecret>();
        foreach (var option in KubernetesSettings.SecretOptions)
        {
            if (options.Text(option) is { } secret)
            {
                var encrypted = secrets.Encrypt(ContainerManagerActor.SecretOwner(name), Encoding.UTF8.GetBytes(secret));
                offered.Add(new OfferedSecret(option, encrypted, secrets.Digests(secret)));
                options = options.With(option, KubernetesSettings.Mask);
            }
        }

        return (offered.ToImmutable(), options);
    }

    // An API server that does not answer is accepted: it may be up before a host needs it, and GET shows its state.
    private static async Task RejectUnusable(ContainerManagerType type, OptionSet options, CancellationToken ct)
    {
        try
        {
            var connection = type == ContainerManagerType.Trivial ? null : KubernetesSettings.Read(options, options.Text("token"));
            KubernetesSettings.CheckJoin(type, options, connection);
            if (connection is null)
            {
                return;
            }

            using var nodes = new KubernetesContainerManager(connection, TimeProvider.System);
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timeout.CancelAfter(ProbeTimeout);
            await nodes.Probe(timeout.Token);
        }
        catch (FormatException e)
        {
            throw new InvalidRequestException(e.Message);
        }
        catch (Exception e) when (KubernetesErrors.Untrusted(e) is { } untrusted)
        {
            var url = KubernetesSettings.UrlOption(options);
            throw new InvalidRequestException($"{(untrusted.WrongName || url == "kubeconfig" ? url : "ca")}: {untrusted.Message}.");
        }
        catch (Exception e) when (KubernetesErrors.IsExpected(e) && !ct.IsCancellationRequested)
        {
        }
    }

    private static async Task<IResult> Delete(
        string name, IRequiredActor<ContainerManagerActor> managers, EntityDirectory directory, CancellationToken ct)
    {
        if (!ResourceName.TryParse(name, out var manager))
        {
            return Answers.Deleted;
        }

        if (await directory.ClusterUsing(EntityDirectory.ContainerManager, name, ct) is { } cluster)
        {
            return ContainerManagerAnswers.InUse(name, cluster);
        }

        await managers.ActorRef.AskAsync<ContainerManagerReply>(new ContainerManagerCommand.Delete(manager), ct);
        return Answers.Deleted;
    }
}
