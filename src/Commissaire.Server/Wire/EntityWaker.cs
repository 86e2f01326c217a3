using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Commissaire.Clusters;
using Commissaire.Hosts;

namespace Commissaire.Wire;

/// <summary>
/// Brings hosts and clusters to life from the journal: all of them when it starts, when a process was lost, and again every minute.
/// To one that is alive the message means nothing.
/// </summary>
internal sealed class EntityWaker : ReceiveActor, IWithTimers
{
    private const int PerSecond = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterALoss = TimeSpan.FromSeconds(1);

    public EntityWaker()
    {
        var (system, self) = (Context.System, Self);
        var registry = ActorRegistry.For(system);
        Receive<Walk>(_ => Task.Run(() => WakeAll(system, registry.Get<HostActor>(), registry.Get<ClusterActor>()))
            .PipeTo(self, self, () => Walked.Instance, cause => new Status.Failure(cause)));
        Receive<Walked>(_ => Timers.StartSingleTimer(nameof(Walk), Walk.Instance, Pause));
        Receive<Akka.Cluster.ClusterEvent.MemberRemoved>(_ => Timers.StartSingleTimer(nameof(Walk), Walk.Instance, AfterALoss));
        Receive<Status.Failure>(_ => Timers.StartSingleTimer(nameof(Walk), Walk.Instance, Pause / 10));
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void PreStart()
    {
        Akka.Cluster.Cluster.Get(Context.System).Subscribe(Self, Akka.Cluster.ClusterEvent.InitialStateAsEvents, typeof(Akka.Cluster.ClusterEvent.MemberRemoved));
        Self.Tell(Walk.Instance);
    }

    /// <inheritdoc />
    protected override void PostStop() => Akka.Cluster.Cluster.Get(Context.System).Unsubscribe(Self);

    // Opening the read journal waits for the journal to be ready: not on an actor's time, and not on that of the server's start.
    private static Task WakeAll(ActorSystem system, IActorRef hosts, IActorRef clusters) =>
        PersistenceQuery.Get(system).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier)
            .CurrentPersistenceIds()
            .Throttle(PerSecond, TimeSpan.FromSeconds(1), PerSecond, ThrottleMode.Shaping)
            .RunForeach(id => Wake(id, hosts, clusters), system.Materializer());

    private static void Wake(string persistenceId, IActorRef hosts, IActorRef clusters)
    {
        if (persistenceId.StartsWith("host-", StringComparison.Ordinal))
        {
            hosts.Tell(new HostCommand.Wake(HostAddress.Parse(persistenceId["host-".Length..])));
        }
        else if (persistenceId.StartsWith("cluster-", StringComparison.Ordinal))
        {
            clusters.Tell(new ClusterCommand.Wake(ResourceName.Parse(persistenceId["cluster-".Length..])));
        }
    }

    private sealed record Walk : INoSerializationVerificationNeeded
    {
        public static readonly Walk Instance = new();
    }

    private sealed record Walked : INoSerializationVerificationNeeded
    {
        public static readonly Walked Instance = new();
    }
}
