using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Domain.Tests.Hosts;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Runs.Simulation;

// Acts like the actors: the receiving state decides, its events are stored, and its effects are performed.
internal sealed partial class SimulatedCluster
{
    public void Handle(object message)
    {
        switch (message)
        {
            case HostCommand c:
                var host = Hosts[c.Host.Value] = Hosts[c.Host.Value].ApplyMessage(c, Now);
                foreach (var e in host.Decide(c, Now).Events)
                {
                    Store(c.Host.Value, e);
                }

                PerformEffects(c.Host.Value, Hosts[c.Host.Value].Reaction(c));
                break;
            case RunCommand c:
                Run = Run.ApplyMessage(c);
                var runEvents = Run.Decide(c, Now).Events;
                var unavailableBefore = Run.Unavailable();
                foreach (var e in runEvents)
                {
                    _runJournal.Add(e);
                    Run = Run.Evolve(e);
                }

                if (runEvents.OfType<RunEvent.HostBegan>().Any(e => !unavailableBefore.Contains(e.Host.Value)))
                {
                    MostUnavailable = Math.Max(MostUnavailable, CountUnavailable());
                }

                if (c is RunCommand.ReportTurn { Report.End: not null } report)
                {
                    Send(new HostCommand.TurnAcknowledged(report.Host, Run.Run, report.Attempt));
                }

                if (runEvents.OfType<RunEvent.Retried>().Any() && Run is { Active: true, Members: null })
                {
                    Send(new ClusterCommand.DescribeMembers(HostSamples.Blue, Run.Run));
                }

                foreach (var turn in Run.Turns.Where(t => runEvents.OfType<RunEvent.HostBegan>().Any(e => e.Host == t.Host)))
                {
                    Send(turn);
                }

                break;
            case ClusterCommand c:
                var clusterEvents = Cluster.Decide(c, Now).Events;
                foreach (var e in clusterEvents)
                {
                    Store(e);
                }

                foreach (var notification in c is ClusterCommand.DescribeMembers && Cluster.Begin() is { } begin
                    ? [begin]
                    : clusterEvents.Select(Cluster.News).OfType<RunCommand>())
                {
                    Send(notification);
                }

                break;
            case ContainerManagerCommand c when !ManagerIsDown:
                Manager = Manager.Decide(c, Now).Events.Aggregate(Manager, (s, e) => s.Evolve(e));
                if (Manager.Answer(c, Now) is { } answer)
                {
                    Send(answer);
                }

                break;
        }
    }

    private void PerformEffects(string host, HostEffect? reaction)
    {
        if (_running.GetValueOrDefault(host) is { } running && Hosts[host].IsObsolete(running.Task))
        {
            _running.Remove(host);
            Hosts[host] = Hosts[host].CommandCancelled();
        }

        (Hosts[host], var effects) = Hosts[host].Work(Now);
        foreach (var effect in reaction is null ? effects : effects.Insert(0, reaction))
        {
            switch (effect)
            {
                case HostEffect.RunCommand run:
                    _running.Add(host, run);
                    break;
                case HostEffect.Send(var message):
                    Send(message);
                    break;
            }
        }
    }

    // One queue for each pair of sender and receiver: messages keep their order only within a queue.
    private void Send(object message)
    {
        var queue = message switch
        {
            HostCommand.NodeStepReported or HostCommand.NodeReported or HostCommand.ReadinessReported =>
                Number(((HostCommand)message).Host) % 3,
            HostCommand c => 3 + (Number(c.Host) % 3),
            RunCommand.ReportTurn => 6,
            RunCommand => 7,
            ClusterCommand.EndRun or ClusterCommand.DescribeMembers => 8,
            ClusterCommand => 9,
            ContainerManagerCommand.TakeNodeStep c => 10 + (Number(c.Host) % 2),
            ContainerManagerCommand.GetReadiness c => 10 + (Number(c.Host) % 2),
            ContainerManagerCommand.EnsureNode c => 10 + (Number(c.Host) % 2),
            ContainerManagerCommand.RemoveNode c => 10 + (Number(c.Host) % 2),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (_queues[queue].Count == 0 || !_queues[queue].Last().Equals(message))
        {
            _queues[queue].Enqueue(message);
        }
    }

    private ShellOutcome Execute(string host, HostEffect.RunCommand run) => run.Task is HostTask.TurnStep task
        ? Machines[host].Execute(task.RebootsAgain ? TurnSteps.Reboot : task.Step, run.Command, (task.Run, Hosts[host].Turn!.Attempt))
        : HostSamples.Done(Machines[host].Boot);
}
