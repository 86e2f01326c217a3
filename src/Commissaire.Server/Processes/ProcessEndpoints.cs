using Akka.Actor;
using Akka.Cluster;
using Commissaire.Contracts;
using Commissaire.Contracts.Processes;
using Commissaire.Http;

namespace Commissaire.Processes;

/// <summary>The REST routes that list the processes of the installation.</summary>
internal static class ProcessEndpoints
{
    public static void MapProcesses(this IEndpointRouteBuilder api) =>
        api.MapGroup("").WithTags("Processes").MapMethods("/processes", Verbs.Get, List).Produces<IReadOnlyList<ProcessResource>>();

    // Sorted by age: the oldest member hosts the cluster singletons.
    private static IResult List(ActorSystem system)
    {
        var cluster = Cluster.Get(system);
        var state = cluster.State;
        IReadOnlyList<ProcessResource> members =
        [
            .. state.Members.OrderBy(m => m, Member.AgeOrdering).Select(m => new ProcessResource(
                m.Address.ToString(), m.Status.ToString().ToLowerInvariant(), !state.Unreachable.Contains(m),
                [.. m.Roles.Where(r => r is ProcessSettings.Api or ProcessSettings.Worker).Order(StringComparer.Ordinal)],
                m.UniqueAddress.Equals(cluster.SelfUniqueAddress))),
        ];
        return Answers.Json(members, ContractsJson.Default.IReadOnlyListProcessResource);
    }
}
