using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Processes;
using Commissaire.Security;
using AkkaClusterEvent = Akka.Cluster.ClusterEvent;

namespace Commissaire.Wire;

/// <summary>
/// Starts the journalled hosts and clusters at its own start, after a process left, and every minute. A live cluster then sends
/// its run the health of its members again.
/// </summary>
internal sealed class EntityWaker : ReceiveActor, IWithTimers
{
    private const int MaxPerSecond = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DelayAfterLoss = TimeSpan.FromSeconds(1);

    public EntityWaker(SecretStore secrets)
    {
        var (system, self) = (Context.System, Self);
        var registry = ActorRegistry.For(system);
        Receive<WakeAll>(_ => Task.Run(() => Wake(
                system, secrets, registry.Get<HostActor>(), registry.Get<ClusterActor>(), registry.Get<ContainerManagerActor>()))
            .PipeTo(self, self, () => Done.Instance, cause => new Status.Failure(cause)));
        Receive<Done>(_ => WakeAfter(Interval));
        Receive<Status.Failure>(_ => WakeAfter(Interval / 10));
        Receive<AkkaClusterEvent.MemberRemoved>(_ => WakeAfter(DelayAfterLoss));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Akka.Cluster.Cluster.Get(Context.System).Subscribe(
            Self, AkkaClusterEvent.InitialStateAsEvents, typeof(AkkaClusterEvent.MemberRemoved));
        Self.Tell(WakeAll.Instance);
    }

    protected override void PostStop() => Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);

    private void WakeAfter(TimeSpan delay) => Timers.StartSingleTimer(nameof(WakeAll), WakeAll.Instance, delay);

    // Opening the read journal blocks until the journal is ready, so it runs outside the actor and after the start of the server.
    private static async Task Wake(ActorSystem system, SecretStore secrets, IActorRef hosts, IActorRef clusters, IActorRef managers)
    {
        // A process that dies between storing a secret and recording its entity leaves a secret without a journal.
        var keys = await secrets.Ids(HostActor.KeyOwners);
        var options = await secrets.Ids(ContainerManagerActor.SecretOwners);
        var journalled = new HashSet<string>(StringComparer.Ordinal);
        await PersistenceQuery.Get(system).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier)
            .CurrentPersistenceIds()
            .Throttle(MaxPerSecond, TimeSpan.FromSeconds(1), MaxPerSecond, ThrottleMode.Shaping)
            .RunForeach(id => Wake(id, journalled, hosts, clusters), system.Materializer());
        foreach (var address in keys.Select(Owner).Except(journalled))
        {
            hosts.Tell(new HostCommand.Wake(HostAddress.Parse(address)));
        }

        foreach (var manager in options.Select(Owner).Distinct())
        {
            managers.Tell(new ContainerManagerCommand.Describe(ResourceName.Parse(manager)));
        }

        static string Owner(string id) => id.Split('/')[1];
    }

    private static void Wake(string persistenceId, HashSet<string> journalled, IActorRef hosts, IActorRef clusters)
    {
        if (persistenceId.StartsWith("host-", StringComparison.Ordinal))
        {
            var address = persistenceId["host-".Length..];
            journalled.Add(address);
            hosts.Tell(new HostCommand.Wake(HostAddress.Parse(address)));
        }
        else if (persistenceId.StartsWith("cluster-", StringComparison.Ordinal))
        {
            clusters.Tell(new ClusterCommand.Wake(ResourceName.Parse(persistenceId["cluster-".Length..])));
        }
    }

    private sealed record WakeAll : INoSerializationVerificationNeeded
    {
        public static readonly WakeAll Instance = new();
    }

    private sealed record Done : INoSerializationVerificationNeeded
    {
        public static readonly Done Instance = new();
    }
}

internal static class EntityWakerSingleton
{
    /// <summary>One <see cref="EntityWaker"/>, on the oldest worker.</summary>
    public static AkkaConfigurationBuilder WithEntityWaker(this AkkaConfigurationBuilder akka) => akka.WithSingleton<EntityWaker>(
        "entity-waker", (_, _, resolver) => resolver.Props<EntityWaker>(), new ClusterSingletonOptions { Role = ProcessSettings.Worker },
        createProxyToo: false);
}
