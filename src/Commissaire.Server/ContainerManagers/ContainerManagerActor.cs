using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Commissaire.Hosts;
using Commissaire.Security;
using Commissaire.Storage;
using Commissaire.Telemetry;

namespace Commissaire.ContainerManagers;

/// <summary>One container manager: journals what its state decides, and answers once it is written.</summary>
internal sealed partial class ContainerManagerActor : Entity, IWithTimers
{
    private readonly EntityDirectory _directory;
    private readonly SecretStore _secrets;
    private readonly TimeProvider _clock;
    private readonly Metrics _measurements;
    private ContainerManagerState _state;

    public ContainerManagerActor(ResourceName name, EntityDirectory directory, SecretStore secrets, TimeProvider clock, Metrics measurements)
        : base(EntityDirectory.ContainerManager, name.Value, measurements)
    {
        (_directory, _secrets, _clock, _measurements, _state) = (directory, secrets, clock, measurements, new ContainerManagerState(name));
    }

    /// <inheritdoc />
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case ContainerManagerEvent happened:
                _state = _state.Evolve(happened);
                break;
            case RecoveryCompleted:
                Save().PipeTo(ActorRefs.Nobody);
                KeepProbing();
                break;
        }
    }

    /// <inheritdoc />
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case ContainerManagerCommand command when _state.IsServer:
                AskServer(command);
                break;
            case ContainerManagerCommand command:
                Decide(command);
                break;
            case Heard heard:
                Hear(heard);
                break;
            case Probe:
                ProbeServer();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void PostStop()
    {
        Forget();
        base.PostStop();
    }

    private void Decide(ContainerManagerCommand command)
    {
        var asker = Sender;
        var before = _state.Secrets;
        var (events, reply) = _state.Decide(command, _clock.GetUtcNow());
        Write(events, happened => _state = _state.Evolve(happened), () =>
        {
            if (!events.IsEmpty && (command is ContainerManagerCommand.Put or ContainerManagerCommand.Delete))
            {
                Forget();
                KeepProbing();
            }

            foreach (var gone in before.Except(_state.Secrets))
            {
                _secrets.Remove(gone.SecretId).PipeTo(ActorRefs.Nobody);
            }

            if (_state.Answer(command, _clock.GetUtcNow()) is { } answer)
            {
                ActorRegistry.For(Context.System).Get<HostActor>().Tell(answer);
            }

            if (reply is not null)
            {
                (events.IsEmpty ? Task.CompletedTask : Save()).PipeTo(asker, Self, () => reply, cause => new Status.Failure(cause));
            }
        });
    }

    private Task Save() =>
        LastSequenceNr == 0
            ? Task.CompletedTask
            : _directory.Save(EntityDirectory.ContainerManager, _state.Name.Value, LastSequenceNr, _state.Definition is null ? null : []);
}
