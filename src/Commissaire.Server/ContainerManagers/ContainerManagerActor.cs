using Akka.Hosting;
using Akka.Persistence;
using Commissaire.Security;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Commissaire.Wire;

namespace Commissaire.ContainerManagers;

/// <summary>Journals the decisions of one container manager, requests its API for hosts, and replies once events are stored.</summary>
internal sealed partial class ContainerManagerActor : Entity, IWithTimers
{
    private readonly EntityDirectory _directory;
    private readonly SecretStore _secrets;
    private readonly TimeProvider _clock;
    private readonly Metrics _metrics;
    private ContainerManagerState _state;

    public ContainerManagerActor(ResourceName name, EntityDirectory directory, SecretStore secrets, TimeProvider clock, Metrics metrics)
        : base(EntityDirectory.ContainerManager, name.Value, metrics) =>
        (_directory, _secrets, _clock, _metrics, _state) = (directory, secrets, clock, metrics, new ContainerManagerState(name));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case ContainerManagerEvent e:
                _state = _state.Evolve(e);
                break;
            case RecoveryCompleted:
                Save().PipeTo(ActorRefs.Nobody);
                StartProbing();
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case ContainerManagerCommand command when _state.IsServer && Request(command):
                break;
            case ContainerManagerCommand command:
                Decide(command);
                break;
            case RequestEnded ended:
                OnRequestEnded(ended);
                break;
            case ProbeTick:
                Probe();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        CloseClient();
        base.PostStop();
    }

    private void Decide(ContainerManagerCommand command)
    {
        var sender = Sender;
        var before = _state.Secrets;
        var (events, reply) = _state.Decide(command, _clock.GetUtcNow());
        Write(events, e => _state = _state.Evolve(e), () =>
        {
            if (!events.IsEmpty && command is ContainerManagerCommand.Put or ContainerManagerCommand.Delete)
            {
                CloseClient();
                StartProbing();
            }

            foreach (var replaced in before.Except(_state.Secrets))
            {
                _secrets.Remove(replaced.SecretId).PipeTo(ActorRefs.Nobody);
            }

            if (_state.Answer(command, _clock.GetUtcNow()) is { } answer)
            {
                Hosts.Tell(answer);
            }

            if (reply is not null)
            {
                (events.IsEmpty ? Task.CompletedTask : Save()).PipeTo(sender, Self, () => reply, cause => new Status.Failure(cause));
            }
        });
    }

    private Task Save() => LastSequenceNr == 0
        ? Task.CompletedTask
        : _directory.Save(EntityDirectory.ContainerManager, _state.Name.Value, LastSequenceNr, _state.Definition is null ? null : []);

    private static IActorRef Hosts => ActorRegistry.For(Context.System).Get<HostActor>();
}

/// <summary>One <see cref="ContainerManagerActor"/> for each container manager, by name.</summary>
internal static class ContainerManagerRegion
{
    public static AkkaConfigurationBuilder WithContainerManagers(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<ContainerManagerActor, ResourceName>(EntityDirectory.ContainerManager);
}
