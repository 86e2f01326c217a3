using System.Collections.Immutable;
using System.Text;
using Akka.Hosting;
using Akka.Persistence;
using Commissaire.Runs;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Commissaire.Wire;

namespace Commissaire.Clusters;

/// <summary>One cluster: journals what its state decides, informs its hosts and its run, and replies once events are stored.</summary>
internal sealed class ClusterActor : Entity
{
    private readonly EntityDirectory _directory;
    private readonly TimeProvider _clock;
    private readonly List<IActorRef> _waitingForDeletion = [];
    private ClusterState _state;
    private Task _saved = Task.CompletedTask;

    public ClusterActor(ResourceName name, EntityDirectory directory, TimeProvider clock, Metrics metrics, ChangeLog log)
        : base(EntityDirectory.Cluster, name.Value, metrics, log)
    {
        (_directory, _clock, _state) = (directory, clock, new ClusterState(name));
    }

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case ClusterEvent e:
                _state = _state.Evolve(e);
                break;
            case RecoveryCompleted:
                TellHosts(_state.Outstanding());
                TellRun(_state.Begin(), ActorRefs.Nobody);
                _saved = Save();
                _saved.PipeTo(ActorRefs.Nobody);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case ClusterQuery.Runs:
                Sender.Tell(new ClusterReply.Runs(_state.Runs));
                break;
            case ClusterQuery.PreviewRun preview:
                Sender.Tell(_state.Preview(preview));
                break;
            case ClusterQuery.Describe:
                Sender.Tell(_state.Exists ? new ClusterReply.Described(_state.View()) : new ClusterReply.Refused(ClusterRefusal.NotFound));
                break;
            case ClusterCommand command:
                Decide(command);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Decide(ClusterCommand command)
    {
        var sender = Sender;
        var before = _state;
        var (events, reply) = _state.Decide(command, _clock.GetUtcNow());
        Write([.. events.Select(e => e with { Caller = command.Caller })], Apply, () =>
        {
            if (_state.Exists != before.Exists || _state.Settings != before.Settings)
            {
                TellHosts(_state.Outstanding().Select(m => m with { Caller = command.Caller }));
            }

            TellHosts(_state.Answers(command));
            TellRun(events, command, sender);
            if (!events.IsEmpty || _saved.IsFaulted)
            {
                _saved = Save();
            }

            Reply(sender, reply, _saved);
        });
    }

    private void Apply(ClusterEvent e)
    {
        _state = _state.Evolve(e);
        LogChange(ClusterHistory.Describe(e), e.Caller);
    }

    private void Reply(IActorRef sender, ClusterReply? reply, Task saved)
    {
        // The reply to a deletion waits until all hosts acknowledged it: then the name is free again.
        if (reply is ClusterReply.Forgotten && !_state.Leaving.IsEmpty)
        {
            _waitingForDeletion.Add(sender);
            return;
        }

        if (reply is not null)
        {
            saved.PipeTo(sender, Self, () => reply, cause => new Status.Failure(cause));
        }

        if (_state.Leaving.IsEmpty && _waitingForDeletion.Count > 0)
        {
            var forgotten = _state.Forgotten();
            foreach (var waiting in _waitingForDeletion)
            {
                saved.PipeTo(waiting, Self, () => forgotten, cause => new Status.Failure(cause));
            }

            _waitingForDeletion.Clear();
        }
    }

    // Sends the run that holds the cluster each change of a member, and all members when it starts, asks, or may have missed a change.
    // A run that starts replies to the sender.
    private void TellRun(ImmutableArray<ClusterEvent> events, ClusterCommand command, IActorRef sender)
    {
        if (command is ClusterCommand.Wake or ClusterCommand.DescribeMembers
            || events.Any(e => e is ClusterEvent.Changed or ClusterEvent.RunStarted))
        {
            TellRun(
                _state.Begin() is { } begin ? begin with { Caller = command.Caller } : null,
                command is ClusterCommand.StartRun ? sender : ActorRefs.Nobody);
            return;
        }

        foreach (var e in events)
        {
            TellRun(_state.News(e), ActorRefs.Nobody);
        }
    }

    private static void TellRun(RunCommand? message, IActorRef sender)
    {
        if (message is not null)
        {
            ActorRegistry.For(Context.System).Get<RunActor>().Tell(message, sender);
        }
    }

    private static void TellHosts(IEnumerable<HostCommand> messages)
    {
        foreach (var message in messages)
        {
            ActorRegistry.For(Context.System).Get<HostActor>().Tell(message);
        }
    }

    // Lists show the name only; metrics read the status.
    private Task Save()
    {
        var row = _state.Exists ? Encoding.UTF8.GetBytes($$"""{"status":"{{_state.View().Status.ToWireName()}}"}""") : null;
        return LastSequenceNr == 0
            ? Task.CompletedTask
            : _directory.Save(
                EntityDirectory.Cluster, _state.Name.Value, LastSequenceNr, row, _state.Settings.Network.Name.Value,
                _state.Settings.Manager?.Name.Value, departs: !_state.Leaving.IsEmpty);
    }
}

/// <summary>One <see cref="ClusterActor"/> for each cluster, by name.</summary>
internal static class ClusterRegion
{
    public static AkkaConfigurationBuilder WithClusters(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<ClusterActor, ResourceName>(EntityDirectory.Cluster);
}
