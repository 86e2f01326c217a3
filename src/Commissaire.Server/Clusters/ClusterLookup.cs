using Akka.Hosting;

namespace Commissaire.Clusters;

internal static class ClusterLookup
{
    /// <summary>Describes a cluster; null if it does not exist.</summary>
    public static async Task<ClusterView?> Find(this IRequiredActor<ClusterActor> clusters, ResourceName cluster, CancellationToken ct) =>
        await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterQuery.Describe(cluster), ct) is ClusterReply.Described(var view)
            ? view
            : null;

    /// <summary>Describes a cluster; null if it does not exist, or if the name is invalid.</summary>
    public static async Task<ClusterView?> Find(this IRequiredActor<ClusterActor> clusters, string name, CancellationToken ct) =>
        ResourceName.TryParse(name, out var cluster) ? await clusters.Find(cluster, ct) : null;
}
