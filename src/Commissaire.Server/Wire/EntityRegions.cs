using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Processes;
using Commissaire.Runs;
using Commissaire.Security;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Commissaire.Tokens;

namespace Commissaire.Wire;

/// <summary>Where each kind of entity lives: one actor each, sharded over the processes.</summary>
internal static class EntityRegions
{
    // Part of where every entity lives: changing it moves all of them, and processes that disagree on it break the cluster.
    private const int Shards = 100;

    /// <summary>One actor per host, cluster, network, container manager, run of an operation and enrolment token.</summary>
    public static AkkaConfigurationBuilder WithEntities(this AkkaConfigurationBuilder akka) => akka
        .WithShardRegion<HostActor>("host", Entity(s => s.GetRequiredService<HostServices>(),
            (id, work) => Props.Create<HostActor>(HostAddress.Parse(id, null), work)), new ByEntity(), KeepAlive)
        .WithShardRegion<ClusterActor>("cluster", Entity(s => (Directory: s.GetRequiredService<EntityDirectory>(), Clock: s.GetRequiredService<TimeProvider>(), Measurements: s.GetRequiredService<Metrics>()),
            (id, d) => Props.Create<ClusterActor>(ResourceName.Parse(id, null), d.Directory, d.Clock, d.Measurements)), new ByEntity(), KeepAlive)
        .WithShardRegion<NetworkActor>("network", Entity(s => (Directory: s.GetRequiredService<EntityDirectory>(), Clock: s.GetRequiredService<TimeProvider>(), Measurements: s.GetRequiredService<Metrics>()),
            (id, d) => Props.Create<NetworkActor>(ResourceName.Parse(id, null), d.Directory, d.Clock, d.Measurements)), new ByEntity(), KeepAlive)
        .WithShardRegion<ContainerManagerActor>("container-manager",
            Entity(s => (Directory: s.GetRequiredService<EntityDirectory>(), Secrets: s.GetRequiredService<SecretStore>(), Clock: s.GetRequiredService<TimeProvider>(), Measurements: s.GetRequiredService<Metrics>()),
            (id, d) => Props.Create<ContainerManagerActor>(ResourceName.Parse(id, null), d.Directory, d.Secrets, d.Clock, d.Measurements)), new ByEntity(), KeepAlive)
        .WithShardRegion<RunActor>("run", Entity(s => (Directory: s.GetRequiredService<EntityDirectory>(), Clock: s.GetRequiredService<TimeProvider>(), Measurements: s.GetRequiredService<Metrics>()),
            (id, d) => Props.Create<RunActor>(RunId.Parse(id, null), d.Directory, d.Clock, d.Measurements)), new ByEntity(), KeepAlive)
        .WithShardRegion<TokenActor>("token", Entity(s => (Directory: s.GetRequiredService<TokenDirectory>(), Clock: s.GetRequiredService<TimeProvider>(), Measurements: s.GetRequiredService<Metrics>()),
            (id, d) => Props.Create<TokenActor>(ResourceName.Parse(id, null), d.Directory, d.Clock, d.Measurements)), new ByEntity(), KeepAlive)
        .WithSingleton<EntityWaker>("entity-waker", (_, _, _) => Props.Create<EntityWaker>(), new ClusterSingletonOptions { Role = ProcessSettings.Worker }, createProxyToo: false);

    // Hosts watch themselves, so they must stay: entities are not stopped for being quiet. They are not remembered by sharding either; the
    // waker brings them back from the journal, which is the one record of what exists.
    private static ShardOptions KeepAlive => new() { RememberEntities = false, PassivateIdleEntityAfter = TimeSpan.Zero, Role = ProcessSettings.Worker };

    private static Func<ActorSystem, IActorRegistry, Akka.DependencyInjection.IDependencyResolver, Func<string, Props>> Entity<TDependencies>(
        Func<IServiceProvider, TDependencies> dependencies, Func<string, TDependencies, Props> props) =>
        (_, _, resolver) => id => props(id, dependencies(new Provider(resolver)));

    private sealed class Provider(Akka.DependencyInjection.IDependencyResolver resolver) : IServiceProvider
    {
        public object? GetService(Type serviceType) => resolver.GetService(serviceType);
    }

    private sealed class ByEntity() : HashCodeMessageExtractor(Shards)
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
