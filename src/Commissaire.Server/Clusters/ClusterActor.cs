using System.Text;
using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Storage;
using Commissaire.Telemetry;

namespace Commissaire.Clusters;

/// <summary>One cluster: journals what its state decides, tells its hosts what they must know, and answers once it is written.</summary>
internal sealed class ClusterActor : Entity
{
    private readonly EntityDirectory _directory;
    private readonly TimeProvider _clock;
    private readonly List<IActorRef> _waitingForTheLast = [];
    private ClusterState _state;

    public ClusterActor(ResourceName name, EntityDirectory directory, TimeProvider clock, Metrics measurements)
        : base(EntityDirectory.Cluster, name.Value, measurements)
    {
        (_directory, _clock, _state) = (directory, clock, new ClusterState(name));
    }

    /// <inheritdoc />
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case ClusterEvent happened:
                _state = _state.Evolve(happened);
                break;
            case RecoveryCompleted:
                TellHosts(_state.Outstanding());
                TellRun(_state.Begin());
                Save().PipeTo(ActorRefs.Nobody);
                break;
        }
    }

    /// <inheritdoc />
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case ClusterQuery.Runs:
                Sender.Tell(new ClusterReply.Runs(_state.Runs));
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
        var asker = Sender;
        var before = _state;
        var (events, reply) = _state.Decide(command, _clock.GetUtcNow());
        Write(events, happened => _state = _state.Evolve(happened), () =>
        {
            if (_state.Exists != before.Exists || _state.Manager != before.Manager)
            {
                TellHosts(_state.Outstanding());
            }

            TellHosts(_state.Answers(command));
            TellRun(events, command);
            FindNetwork(command);
            Answer(asker, reply, events.IsEmpty ? Task.CompletedTask : Save());
        });
    }

    private void Answer(IActorRef asker, ClusterReply? reply, Task saved)
    {
        // A deletion is answered when the last member knows: then the name is free again.
        if (reply is ClusterReply.Forgotten && !_state.Leaving.IsEmpty)
        {
            _waitingForTheLast.Add(asker);
            return;
        }

        if (reply is not null)
        {
            saved.PipeTo(asker, Self, () => reply, cause => new Status.Failure(cause));
        }

        if (_state.Leaving.IsEmpty && _waitingForTheLast.Count > 0)
        {
            foreach (var waiting in _waitingForTheLast)
            {
                saved.PipeTo(waiting, Self, () => new ClusterReply.Forgotten(), cause => new Status.Failure(cause));
            }

            _waitingForTheLast.Clear();
        }
    }

    // The run that holds the cluster hears of every change among the members, and of all of them when it asks or may not have heard.
    private void TellRun(IEnumerable<ClusterEvent> events, ClusterCommand command)
    {
        if (command is ClusterCommand.Wake or ClusterCommand.DescribeMembers || events.Any(e => e is ClusterEvent.Changed))
        {
            TellRun(_state.Begin());
            return;
        }

        foreach (var happened in events)
        {
            TellRun(_state.News(happened));
        }
    }

    private static void TellRun(RunCommand? message)
    {
        if (message is not null)
        {
            ActorRegistry.For(Context.System).Get<RunActor>().Tell(message);
        }
    }

    private void FindNetwork(ClusterCommand command)
    {
        if (command is ClusterCommand.FindNetwork find && _state.Exists)
        {
            var registry = ActorRegistry.For(Context.System);
            if (_state.Manager is { } manager)
            {
                registry.Get<ContainerManagerActor>().Tell(new ContainerManagerCommand.TellHost(manager, _state.Network, find.Host));
            }
            else
            {
                registry.Get<NetworkActor>().Tell(new NetworkCommand.TellHost(_state.Network, find.Host));
            }
        }
    }

    private static void TellHosts(IEnumerable<HostCommand> messages)
    {
        foreach (var message in messages)
        {
            ActorRegistry.For(Context.System).Get<HostActor>().Tell(message);
        }
    }

    // Lists show the name alone; the status is for those who count.
    private Task Save() => LastSequenceNr == 0
        ? Task.CompletedTask
        : _directory.Save(
            EntityDirectory.Cluster, _state.Name.Value, LastSequenceNr, _state.Exists ? Encoding.UTF8.GetBytes($$"""{"status":"{{_state.View().Status.ToWireName()}}"}""") : null,
            _state.Network.Value, _state.Manager?.Value);
}
