using Akka.Hosting;
using Akka.Persistence;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Commissaire.Wire;

namespace Commissaire.Networks;

/// <summary>One network: journals what its state decides, and replies once events are stored.</summary>
internal sealed class NetworkActor : Entity
{
    private readonly EntityDirectory _directory;
    private readonly TimeProvider _clock;
    private NetworkState _state;

    public NetworkActor(ResourceName name, EntityDirectory directory, TimeProvider clock, Metrics metrics, ChangeLog log)
        : base(EntityDirectory.Network, name.Value, metrics, log)
    {
        (_directory, _clock, _state) = (directory, clock, new NetworkState(name));
    }

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case NetworkEvent e:
                _state = _state.Evolve(e);
                break;
            case RecoveryCompleted:
                Save().PipeTo(ActorRefs.Nobody);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case NetworkCommand command:
                Decide(command);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Decide(NetworkCommand command)
    {
        var sender = Sender;
        var (events, reply) = _state.Decide(command, _clock.GetUtcNow());
        Write([.. events.Select(e => e with { Caller = command.Caller })], Apply, () =>
            (events.IsEmpty ? Task.CompletedTask : Save()).PipeTo(sender, Self, () => reply!, cause => new Status.Failure(cause)));
    }

    private void Apply(NetworkEvent e)
    {
        _state = _state.Evolve(e);
        LogChange(NetworkHistory.Describe(e), e.Caller);
    }

    private Task Save() =>
        LastSequenceNr == 0
            ? Task.CompletedTask
            : _directory.Save(EntityDirectory.Network, _state.Name.Value, LastSequenceNr, _state.Definition is null ? null : []);
}

/// <summary>One <see cref="NetworkActor"/> for each network, by name.</summary>
internal static class NetworkRegion
{
    public static AkkaConfigurationBuilder WithNetworks(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<NetworkActor, ResourceName>(EntityDirectory.Network);
}
