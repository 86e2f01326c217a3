using Akka.Hosting;
using Commissaire.Storage;
using Commissaire.Wire;

namespace Commissaire.Clusters;

/// <summary>Where clusters live.</summary>
internal static class ClusterRegion
{
    /// <summary>One <see cref="ClusterActor"/> for each cluster, by name.</summary>
    public static AkkaConfigurationBuilder WithClusters(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<ClusterActor, ResourceName>(EntityDirectory.Cluster);
}
