using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Streams;
using Akka.Streams.Dsl;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Processes;
using Commissaire.Security;
using Commissaire.Storage;
using AkkaClusterEvent = Akka.Cluster.ClusterEvent;

namespace Commissaire.Wire;

/// <summary>
/// Starts the hosts and clusters that have work, at its own start, after a process left, and every minute. A live cluster then sends
/// its run the health of its members again.
/// </summary>
internal sealed class EntityWaker : ReceiveActor, IWithTimers
{
    private const int MaxPerSecond = 500;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DelayAfterLoss = TimeSpan.FromSeconds(1);

    private long _lastEvent;
    private bool _lostProcess;

    public EntityWaker(EntityDirectory directory, SecretStore secrets)
    {
        var (system, self) = (Context.System, Self);
        Receive<WakeAll>(_ =>
        {
            // A lost process may have left old rows for any of its events.
            var lastEvent = _lostProcess ? 0 : _lastEvent;
            _lostProcess = false;
            Wake(system, directory, secrets, lastEvent).PipeTo(self, self, last => new Woken(last), cause => new Status.Failure(cause));
        });
        Receive<Woken>(woken =>
        {
            _lastEvent = woken.LastEvent;
            WakeAfter(_lostProcess ? DelayAfterLoss : Interval);
        });
        Receive<Status.Failure>(_ =>
        {
            _lastEvent = 0;
            WakeAfter(Interval / 10);
        });
        Receive<AkkaClusterEvent.MemberRemoved>(_ =>
        {
            _lostProcess = true;
            WakeAfter(DelayAfterLoss);
        });
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

    // Returns the last event before it began: an event that follows may be of an entity whose process dies before it writes the row.
    private static async Task<long> Wake(ActorSystem system, EntityDirectory directory, SecretStore secrets, long lastEvent)
    {
        var registry = ActorRegistry.For(system);
        var (hosts, clusters, managers) =
            (registry.Get<HostActor>(), registry.Get<ClusterActor>(), registry.Get<ContainerManagerActor>());

        // A process that dies between storing a secret and recording its entity leaves a secret without a journal.
        var keys = await secrets.Ids(HostActor.KeyOwners);
        var options = await secrets.Ids(ContainerManagerActor.SecretOwners);
        var last = await directory.LastEvent();
        var entities = await directory.Unfinished(lastEvent);
        foreach (var (kind, id) in entities.Where(entity => entity.Kind == EntityDirectory.Cluster))
        {
            clusters.Tell(new ClusterCommand.Wake(ResourceName.Parse(id)));
        }

        var addresses = entities.Where(entity => entity.Kind == EntityDirectory.Host).Select(entity => entity.Id);
        await Source.From(addresses.Union(keys.Select(Owner)))
            .Throttle(MaxPerSecond, TimeSpan.FromSeconds(1), MaxPerSecond, ThrottleMode.Shaping)
            .RunForeach(address => hosts.Tell(new HostCommand.Wake(HostAddress.Parse(address))), system.Materializer());
        foreach (var manager in options.Select(Owner).Distinct())
        {
            managers.Tell(new ContainerManagerCommand.Describe(ResourceName.Parse(manager)));
        }

        return last;

        static string Owner(string id) => id.Split('/')[1];
    }

    private sealed record WakeAll : INoSerializationVerificationNeeded
    {
        public static readonly WakeAll Instance = new();
    }

    private sealed record Woken(long LastEvent) : INoSerializationVerificationNeeded;
}

internal static class EntityWakerSingleton
{
    /// <summary>One <see cref="EntityWaker"/>, on the oldest worker.</summary>
    public static AkkaConfigurationBuilder WithEntityWaker(this AkkaConfigurationBuilder akka) => akka.WithSingleton<EntityWaker>(
        "entity-waker", (_, _, resolver) => resolver.Props<EntityWaker>(), new ClusterSingletonOptions { Role = ProcessSettings.Worker },
        createProxyToo: false);
}
