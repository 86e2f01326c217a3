using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Domain.Tests.Hosts;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Runs.Together;

// What the actors do: the state that a message is for decides, its events are stored, and its effects are performed.
internal sealed partial class World
{
    public void Tell(object letter)
    {
        switch (letter)
        {
            case HostCommand c:
                var host = Hosts[c.Host.Value] = Hosts[c.Host.Value].ApplyMessage(c, Now);
                foreach (var e in host.Decide(c, Now).Events)
                {
                    Happened(c.Host.Value, e);
                }

                Work(c.Host.Value, Hosts[c.Host.Value].Reaction(c));
                break;
            case RunCommand c:
                Run = Run.ApplyMessage(c);
                var events = Run.Decide(c, Now).Events;
                var wasOut = Run.Unavailable();
                foreach (var e in events)
                {
                    _runJournal.Add(e);
                    Run = Run.Evolve(e);
                }

                if (events.OfType<RunEvent.HostBegan>().Any(e => !wasOut.Contains(e.Host.Value)))
                {
                    MostOut = Math.Max(MostOut, ReallyOut());
                }

                if (c is RunCommand.ReportTurn { Report.End: not null } heard)
                {
                    Send(new HostCommand.TurnAcknowledged(heard.Host, Run.Run, heard.Attempt));
                }

                if (events.OfType<RunEvent.Retried>().Any() && Run is { Active: true, Members: null })
                {
                    Send(new ClusterCommand.DescribeMembers(HostScenario.Blue, Run.Run));
                }

                foreach (var turn in Run.Turns.Where(t => events.OfType<RunEvent.HostBegan>().Any(e => e.Host == t.Host)))
                {
                    Send(turn);
                }

                break;
            case ClusterCommand c:
                var written = Cluster.Decide(c, Now).Events;
                foreach (var e in written)
                {
                    Happened(e);
                }

                foreach (var told in c is ClusterCommand.DescribeMembers && Cluster.Begin() is { } begin ? [begin] : written.Select(Cluster.News).OfType<RunCommand>())
                {
                    Send(told);
                }

                break;
            case ContainerManagerCommand c when !ManagerIsSilent:
                Manager = Manager.Decide(c, Now).Events.Aggregate(Manager, (s, e) => s.Evolve(e));
                if (Manager.Answer(c, Now) is { } answer)
                {
                    Send(answer);
                }

                break;
        }
    }

    private void Work(string host, HostEffect? reaction)
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

    // One box for each pair that talks: order is kept within it, and nothing is known between them.
    private void Send(object letter)
    {
        var box = letter switch
        {
            HostCommand.NodeStepReported or HostCommand.NodeReported or HostCommand.ReadinessReported => Number(((HostCommand)letter).Host) % 3,
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
        if (_mail[box].Count == 0 || !_mail[box].Last().Equals(letter))
        {
            _mail[box].Enqueue(letter);
        }
    }

    private ShellOutcome Execute(string host, HostEffect.RunCommand run) => run.Task is HostTask.TurnStep task
        ? Machines[host].Do(task.Step, run.Command, (task.Run, Hosts[host].Turn!.Attempt))
        : HostScenario.Done(Machines[host].Boot);
}
