using Akka.Hosting;
using Akka.Persistence;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Security;
using Commissaire.Storage;
using Commissaire.Wire;

namespace Commissaire.Hosts;

/// <summary>Journals the decisions of one host, performs the effects of its state, and replies once events are stored.</summary>
internal sealed partial class HostActor : Entity, IWithTimers
{
    private readonly HostServices _services;
    private readonly CancellationTokenSource _stopping = new();
    private HostState _state;

    public HostActor(HostAddress address, HostServices services)
        : base(EntityDirectory.Host, address.Value, services.Metrics, services.Changes) =>
        (_services, _state, _secrets) = (services, new HostState(address, services.Settings), new OwnedSecrets(services.Secrets));

    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _services.Clock.GetUtcNow();

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case HostEvent e:
                _state = _state.Evolve(e);
                break;
            case RecoveryCompleted when !_state.Idle:
                _state = _state.Resumed(Now);
                FollowTurn();
                Save(ActorRefs.Nobody, null);
                RemoveUnusedSecrets();
                Decide(new HostCommand.Wake(_state.Address));
                break;
            case RecoveryCompleted when LastSequenceNr > 0:
                // A process may have died between the last event of a deleted host and its row.
                Save(ActorRefs.Nobody, null);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case HostQuery.Describe:
                Describe();
                break;
            case HostQuery.PreviewTurn preview:
                PreviewTurn(preview);
                break;
            case HostCommand.Register register when _state.Accepts(register):
                StoreKey(register);
                break;
            case HostCommand.ChangeCredentials change when _state.After(change) is { } changed:
                TryCredentials(change, changed);
                break;
            case HostCommand.RotateKey rotate when _state.CanRotate(rotate):
                RotateKey(rotate);
                break;
            case RotationEnded ended:
                OnRotationEnded(ended);
                break;
            case HostCommand.Release release when _state.FilesToRestore(release) is { } command:
                RestoreFiles(release, command);
                break;
            case CredentialsEnded tried:
                OnCredentialsEnded(tried);
                break;
            case HostCommand.Wake when _state.Idle:
                // The waker found secrets of an address without a host.
                RemoveUnusedSecrets();
                break;
            case HostCommand command:
                Decide(command);
                break;
            case KeyStored stored:
                OnKeyStored(stored);
                break;
            case SecretsRemoved:
                OnSecretsRemoved();
                break;
            case NetworkReply.Described reply:
                Decide(new HostCommand.PlanBootstrap(_state.Address, reply.Network));
                break;
            case CommandEnded ended:
                OnCommandEnded(ended);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        EndSpans();
        _stopping.Cancel();
        _stopping.Dispose();
        base.PostStop();
    }

    private void Decide(HostCommand command)
    {
        var sender = Sender;
        var before = _state.Registration;
        _state = _state.ApplyMessage(command, Now);
        var (events, reply) = _state.Decide(command, Now);
        Count(command);
        var caller = CallerOf(command);
        Write([.. events.Select(e => e with { Caller = caller })], Apply, () =>
        {
            if ((before is not null && _state.Registration is null) || command is HostCommand.CredentialsTried or HostCommand.KeyRotated)
            {
                RemoveUnusedSecrets();
            }

            if (command is HostCommand.KeyRotated or HostCommand.CommandCompleted { Task: HostTask.Check })
            {
                RemoveKeys();
            }

            if (!events.IsEmpty || command is HostCommand.CommandCompleted { Task: HostTask.Check })
            {
                Save(sender, reply);
            }
            else if (reply is not null)
            {
                sender.Tell(reply);
            }

            Work(_state.Reaction(command));
        });
    }

    // The outcome of a try belongs to the request that asked for it.
    private static Caller? CallerOf(HostCommand command) => command switch
    {
        HostCommand.CredentialsTried c => c.Change.Caller,
        HostCommand.FilesRestored c => c.Request.Caller,
        HostCommand.KeyRotated c => c.Request.Caller,
        _ => command.Caller,
    };

    private void Apply(HostEvent e)
    {
        _state = _state.Evolve(e);
        LogChange(HostState.Describe(e), e.Caller);
        if (e is HostEvent.TurnEnded ended)
        {
            _services.Metrics.TurnEnded(_state.Turn!.Plan.Verb, ended.Outcome);
        }

        FollowTurn();
    }

    private void Work(HostEffect? reaction)
    {
        CancelObsoleteCommand();
        (_state, var effects) = _state.Work(Now);
        foreach (var effect in reaction is null ? effects : effects.Insert(0, reaction))
        {
            Perform(effect);
        }

        StopIfIdle();
        if (!_state.Idle)
        {
            var pause = _state.NextMoment - Now;
            pause = pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
            Timers.StartSingleTimer(nameof(HostCommand.Wake), new HostCommand.Wake(_state.Address), pause);
        }
    }

    private void Perform(HostEffect effect)
    {
        switch (effect)
        {
            case HostEffect.RunCommand run:
                Run(run.Task, run.Command, run.Deadline);
                break;
            case HostEffect.RunJoin join:
                RunJoin(join);
                break;
            case HostEffect.Send(var message):
                RegionOf(message).Tell(message);
                break;
        }
    }

    private static IActorRef RegionOf(object message) => message switch
    {
        IForCluster => ActorRegistry.For(Context.System).Get<ClusterActor>(),
        IForContainerManager => ActorRegistry.For(Context.System).Get<ContainerManagerActor>(),
        IForRun => ActorRegistry.For(Context.System).Get<RunActor>(),
        IForNetwork => ActorRegistry.For(Context.System).Get<NetworkActor>(),
        _ => throw new ArgumentException($"No entity receives {message.GetType()}.", nameof(message)),
    };

    private void Count(HostCommand command)
    {
        switch (command)
        {
            case HostCommand.CommandCompleted { Task: HostTask.BootstrapStep } c:
                _services.Metrics.BootstrapStepEnded(c.Outcome);
                break;
            case HostCommand.CommandCompleted { Task: HostTask.Check } c:
                _services.Metrics.HealthChecked(c.Outcome);
                break;
        }
    }
}

/// <summary>One <see cref="HostActor"/> for each host, by address.</summary>
internal static class HostRegion
{
    public static AkkaConfigurationBuilder WithHosts(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<HostActor, HostAddress>(EntityDirectory.Host);
}
