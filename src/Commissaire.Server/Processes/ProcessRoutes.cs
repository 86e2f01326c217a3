using Commissaire.Contracts.Processes;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Commissaire.Processes;

/// <summary>The route of the processes of the installation.</summary>
internal static class ProcessRoutes
{
    public static void MapProcesses(this IEndpointRouteBuilder api) =>
        api.MapGetAndHead("/processes", (ActorSystem system) => ProcessAnswers.Of(AkkaCluster.Get(system)))
            .Named("listProcesses", "List the server processes of the installation, the oldest first")
            .WithTags("Processes").Produces<IReadOnlyList<ProcessResource>>();
}
