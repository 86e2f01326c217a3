using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Networks;
using Commissaire.Processes;
using Commissaire.Runs;
using Commissaire.Tokens;

namespace Commissaire.Wire;

/// <summary>The shard regions of all entities.</summary>
internal static class EntityRegion
{
    // The shard count decides where every entity lives: processes with different counts break the cluster.
    private const int Shards = 100;

    /// <summary>Registers a shard region: one actor for each entity of a kind, spread over the processes.</summary>
    public static AkkaConfigurationBuilder WithEntities<TActor, TId>(this AkkaConfigurationBuilder akka, string kind)
        where TActor : ActorBase
        where TId : IParsable<TId> =>
        akka.WithShardRegion<TActor>(
            kind, (_, _, resolver) => id => resolver.Props<TActor>(TId.Parse(id, null)), new IdExtractor(), Options);

    // Hosts check themselves, so idle entities stay. After a restart, the waker starts them from the journal.
    private static ShardOptions Options =>
        new() { RememberEntities = false, PassivateIdleEntityAfter = TimeSpan.Zero, Role = ProcessSettings.Worker };

    private sealed class IdExtractor() : HashCodeMessageExtractor(Shards)
    {
        public override string? EntityId(object message) => message switch
        {
            IForHost m => m.Host.Value,
            IForCluster m => m.Cluster.Value,
            IForNetwork m => m.Network.Value,
            IForContainerManager m => m.Manager.Value,
            IForRun m => m.Run.ToString(),
            IForToken m => m.Token.Value,
            _ => null,
        };
    }
}
