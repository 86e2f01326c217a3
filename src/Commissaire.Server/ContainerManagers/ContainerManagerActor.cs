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
    private readonly OwnedSecrets _owned;
    private readonly TimeProvider _clock;
    private readonly Metrics _metrics;
    private ContainerManagerState _state;

    public ContainerManagerActor(
        ResourceName name, EntityDirectory directory, SecretStore secrets, TimeProvider clock, Metrics metrics, ChangeLog log)
        : base(EntityDirectory.ContainerManager, name.Value, metrics, log) =>
        (_directory, _secrets, _owned, _clock, _metrics, _state) =
            (directory, secrets, new OwnedSecrets(secrets), clock, metrics, new ContainerManagerState(name));

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The start of the name of every <see cref="SecretOwner"/>.</summary>
    public const string SecretOwners = "container-manager";

    /// <summary>The owner of the secret options of a container manager in the secret store.</summary>
    public static string SecretOwner(string name) => $"{SecretOwners}/{name}";

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case ContainerManagerEvent e:
                _state = _state.Evolve(e);
                break;
            case RecoveryCompleted:
                Save().PipeTo(ActorRefs.Nobody);
                RemoveUnusedSecrets();
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
            case ContainerManagerCommand.Put put when _state.Accepts(put):
                // Stored before they are recorded: a recorded container manager has its secrets.
                _owned.Add([.. put.Secrets.Select(s => s.Secret)])
                    .PipeTo(Self, Sender, () => new SecretsStored(put), cause => new SecretsStored(put, cause));
                break;
            case SecretsStored stored:
                OnSecretsStored(stored);
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
        var (events, reply) = _state.Decide(command, _clock.GetUtcNow());
        Write([.. events.Select(e => e with { Caller = command.Caller })], Apply, () =>
        {
            if (!events.IsEmpty && command is ContainerManagerCommand.Put or ContainerManagerCommand.Delete)
            {
                CloseClient();
                StartProbing();
            }

            if (command is ContainerManagerCommand.Put or ContainerManagerCommand.Delete)
            {
                RemoveUnusedSecrets();
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

    private void Apply(ContainerManagerEvent e)
    {
        _state = _state.Evolve(e);
        LogChange(ContainerManagerHistory.Describe(e), e.Caller);
    }

    private void OnSecretsStored(SecretsStored stored)
    {
        _owned.Decided([.. stored.Put.Secrets.Select(s => s.Secret)]);
        if (stored.Error is { } error)
        {
            Sender.Tell(new Status.Failure(error));
        }
        else
        {
            Decide(stored.Put);
        }
    }

    // Also those that another Put brought, which was decided meanwhile, and those that a process left that died.
    private void RemoveUnusedSecrets() =>
        _owned.KeepOnly(SecretOwner(_state.Name.Value), [.. _state.Secrets.Select(s => s.SecretId)]).PipeTo(ActorRefs.Nobody);

    private Task Save() => LastSequenceNr == 0
        ? Task.CompletedTask
        : _directory.Save(EntityDirectory.ContainerManager, _state.Name.Value, LastSequenceNr, _state.Definition is null ? null : []);

    private static IActorRef Hosts => ActorRegistry.For(Context.System).Get<HostActor>();

    private sealed record SecretsStored(ContainerManagerCommand.Put Put, Exception? Error = null) : INoSerializationVerificationNeeded;
}

/// <summary>One <see cref="ContainerManagerActor"/> for each container manager, by name.</summary>
internal static class ContainerManagerRegion
{
    public static AkkaConfigurationBuilder WithContainerManagers(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<ContainerManagerActor, ResourceName>(EntityDirectory.ContainerManager);
}
