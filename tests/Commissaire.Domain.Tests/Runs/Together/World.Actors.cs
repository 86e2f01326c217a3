using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Domain.Tests.Hosts;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Runs.Together;

// What the actors do: let the state that a letter is for judge it, keep what it decides, and do what it asks for.
internal sealed partial class World
{
    public void Tell(object letter)
    {
        switch (letter)
        {
            case HostCommand c:
                var host = Hosts[c.Host.Value];
                foreach (var e in host.Decide(c, Now).Events)
                {
                    Happened(c.Host.Value, e);
                }

                if (_running.GetValueOrDefault(c.Host.Value) is { } running && Hosts[c.Host.Value].TurnStep != running.Step)
                {
                    _running.Remove(c.Host.Value);
                }

                Reconcile(Hosts[c.Host.Value]);
                if (Hosts[c.Host.Value].Reaction(c) is { } reaction)
                {
                    Perform(Hosts[c.Host.Value], reaction);
                }

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

    private void Reconcile(HostState host)
    {
        foreach (var effect in host.Outstanding())
        {
            Perform(host, effect);
        }
    }

    private void Perform(HostState host, HostEffect effect)
    {
        switch (effect)
        {
            case HostEffect.TakeStep step when !TurnSteps.OfNode(step.Step):
                _running.TryAdd(host.Address.Value, step);
                break;
            case HostEffect.TakeStep(var run, var step) when host.Node is null || host.Turn!.Deadline + TimeSpan.FromSeconds(10) <= Now:
                Send(new HostCommand.NodeStepReported(host.Address, null, run, step, host.Node is null && step == TurnSteps.Uncordon, false, "no answer"));
                break;
            case HostEffect.TakeStep(var run, var step):
                var force = step == TurnSteps.Drain && host.Turn!.Plan.OnDrainTimeout == DrainTimeoutPolicy.Force && host.Turn.Since + host.Turn.Plan.DrainTimeout <= Now;
                Send(new ContainerManagerCommand.TakeNodeStep(host.Node!.Manager, host.Address, run, step, force, host.Facts!.BootId, host.Turn!.Since));
                break;
            case HostEffect.WatchNode(var manager):
                Send(new ContainerManagerCommand.GetReadiness(manager, host.Address));
                break;
            case HostEffect.ReportTurn(var run, var attempt, var progress):
                Send(new RunCommand.ReportTurn(run, host.Address, attempt, progress));
                break;
            case HostEffect.Report r:
                Send(new ClusterCommand.ReportMember(r.Cluster, host.Address, r.Confirmed, r.Manager, r.Status, r.Reason) { Failures = r.Failures });
                break;
            case HostEffect.Depart(var cluster):
                Send(new ClusterCommand.MemberLeft(cluster, host.Address));
                break;
            case HostEffect.RemoveNode(var manager):
                Send(new ContainerManagerCommand.RemoveNode(manager, host.Address));
                break;
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
            ContainerManagerCommand.RemoveNode c => 10 + (Number(c.Host) % 2),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        if (_mail[box].Count == 0 || !_mail[box].Last().Equals(letter))
        {
            _mail[box].Enqueue(letter);
        }
    }

    private ShellOutcome Execute(string host, HostEffect.TakeStep effect)
    {
        var state = Hosts[host];
        var command = TurnSteps.Command(effect.Step, state.Turn!.Plan, OsDialect.Of(state.Facts!.Os)!, state.Turn.Boot);
        return Machines[host].Do(effect.Step, command, (effect.Run, state.Turn.Attempt));
    }
}
