using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Domain.Tests.Hosts;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Runs.Simulation;

/// <summary>
/// Simulates a run, its cluster, its hosts, their container manager and their machines in memory. The test decides when a message is
/// delivered, lost or duplicated. As with actors, messages between a sender and a receiver arrive in order.
/// </summary>
internal sealed partial class SimulatedCluster
{
    private static readonly RunId OtherRun = RunId.Parse("green.1");
    private readonly Queue<object>[] _queues = [new(), new(), new(), new(), new(), new(), new(), new(), new(), new(), new(), new()];
    private readonly Dictionary<string, List<HostEvent>> _hostJournals = new(StringComparer.Ordinal);
    private readonly List<RunEvent> _runJournal = [];
    private readonly List<ClusterEvent> _clusterJournal = [];
    private DateTimeOffset _lastWake = RunSamples.Start;
    private readonly Dictionary<string, HostEffect.RunCommand> _running = new(StringComparer.Ordinal);

    public SimulatedCluster(int hosts, RunOptions options, int cordonedByOthers)
    {
        foreach (var address in Enumerable.Range(1, hosts).Select(RunSamples.Host))
        {
            _hostJournals[address.Value] = [];
            Hosts[address.Value] = new HostState(address, HostSamples.Settings);
            Machines[address.Value] = new SimulatedMachine();
            Array.ForEach(HostSamples.Active, e => Store(address.Value, e));
            Handle(new ContainerManagerCommand.EnsureNode(HostSamples.Kube, address, HostSamples.Blue));
        }

        foreach (var address in Enumerable.Range(1, hosts).Where(n => (cordonedByOthers >> n & 1) == 1).Select(RunSamples.Host))
        {
            Handle(new ContainerManagerCommand.TakeNodeStep(HostSamples.Kube, address, OtherRun, TurnSteps.Cordon, false, "", Now));
            CordonedByOthers.Add(address);
        }

        Array.ForEach(_queues, m => m.Clear());
        Store(new ClusterEvent.Created(HostSamples.WithKube, Now));
        foreach (var host in Hosts.Values)
        {
            Store(new ClusterEvent.MemberAdded(host.Address, Now));
            Store(new ClusterEvent.MemberReported(host.Address, HostStatus.Active, "ready", Now));
        }

        Handle(new ClusterCommand.StartRun(HostSamples.Blue, options, "ops"));
        Run = new RunState(Cluster.Holder!.Run);
        Handle(Cluster.Begin()!);
    }

    public DateTimeOffset Now { get; private set; } = RunSamples.Start;

    public RunState Run { get; private set; } = null!;

    public ClusterState Cluster { get; private set; } = new(HostSamples.Blue);

    public ContainerManagerState Manager { get; private set; } =
        new ContainerManagerState(HostSamples.Kube).Evolve(
            new ContainerManagerEvent.Created(ContainerManagerType.Trivial, OptionSet.Parse("""{"drain_seconds":20}"""), [], default));

    public SortedDictionary<string, HostState> Hosts { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, SimulatedMachine> Machines { get; } = new(StringComparer.Ordinal);

    public HashSet<HostAddress> CordonedByOthers { get; } = [];

    /// <summary>Whether the container manager ignores all messages.</summary>
    public bool ManagerIsDown { get; set; }

    public IReadOnlyList<RunEvent> RunJournal => _runJournal;

    public IReadOnlyList<HostEvent> JournalOf(HostState host) => _hostJournals[host.Address.Value];

    public bool HasMessages => _queues.Any(m => m.Count > 0);

    /// <summary>The highest number of members that this run made unavailable, measured whenever an available host began.</summary>
    public int MostUnavailable { get; private set; }

    public HostState HostAt(int index) => Hosts.ElementAt(index % Hosts.Count).Value;

    public SimulatedMachine MachineAt(int index) => Machines[HostAt(index).Address.Value];

    /// <summary>Advances time, runs the timers, and resends all messages that may be lost.</summary>
    public void Wait(TimeSpan time)
    {
        Now += time;
        if (Now >= _lastWake + TimeSpan.FromSeconds(60) && Cluster.Begin() is { } begin)
        {
            _lastWake = Now;
            Send(begin);
        }

        Handle(new RunCommand.Tick(Run.Run));
        Resend();
    }

    public void Resend()
    {
        foreach (var host in Hosts.Values.Select(h => h.Address).ToList())
        {
            Handle(new HostCommand.Wake(host));
        }

        foreach (var turn in Run.Turns)
        {
            Send(turn);
        }

        if (Run is { Active: true, Members: null })
        {
            Send(new ClusterCommand.DescribeMembers(HostSamples.Blue, Run.Run));
        }

        if (Run.End is not null)
        {
            Send(new ClusterCommand.EndRun(HostSamples.Blue, Run.Run));
        }
    }

    /// <summary>Restores everything from the journals, as after a crash. Running commands continue on their machines or stop.</summary>
    public void Crash(bool commandsContinue)
    {
        foreach (var (host, running) in _running.ToList())
        {
            if (commandsContinue && !Machines[host].Unreachable)
            {
                Execute(host, running);
            }
        }

        _running.Clear();
        Array.ForEach(_queues, m => m.Clear());
        Run = _runJournal.Aggregate(new RunState(Run.Run), (s, e) => s.Evolve(e));
        Cluster = _clusterJournal.Aggregate(new ClusterState(HostSamples.Blue), (s, e) => s.Evolve(e));
        foreach (var host in Hosts.Values.ToList())
        {
            Hosts[host.Address.Value] = _hostJournals[host.Address.Value]
                .Aggregate(new HostState(host.Address, HostSamples.Settings), (s, e) => s.Evolve(e)).Resumed(Now);
        }

        if (Cluster.Begin() is { } begin)
        {
            Send(begin);
        }

        Resend();
    }

    /// <summary>Delivers the next message of a queue a number of times; zero loses it.</summary>
    public void Deliver(int index, int times)
    {
        if (_queues.Where(m => m.Count > 0).ToList() is { Count: > 0 } queues)
        {
            var message = queues[index % queues.Count].Dequeue();

            // A retried run acquires its cluster again with this message, which cannot be lost within one process.
            for (var time = 0; time < (message is ClusterCommand.DescribeMembers ? Math.Max(1, times) : times); time++)
            {
                Handle(message);
            }
        }
    }

    /// <summary>Completes a running command with the outcome that <paramref name="transform"/> returns.</summary>
    public void CompleteCommand(int index, Func<ShellOutcome, ShellOutcome> transform, bool execute = true)
    {
        if (_running.OrderBy(r => r.Key, StringComparer.Ordinal).ToList() is not { Count: > 0 } running)
        {
            return;
        }

        var (host, run) = running[index % running.Count];
        var machine = Machines[host];
        ShellOutcome outcome = machine.Unreachable ? new ShellOutcome.Unreachable("no route")
            : machine.HasAnotherKey ? new ShellOutcome.HostKeyChanged(HostSamples.OtherKey)
            : transform(execute ? Execute(host, run) : HostSamples.Done(""));
        if (outcome is ShellOutcome.TimedOut && run.Task is HostTask.TurnStep task && TurnSteps.Changes(task.Step)
            && Hosts[host].Turn is { } turn && turn.Deadline > Now)
        {
            Now = turn.Deadline;
        }

        _running.Remove(host);
        Handle(new HostCommand.CommandCompleted(Hosts[host].Address, run.Task, outcome));
    }

    /// <summary>Retries the run. A finished run must acquire its cluster again before a retry.</summary>
    public void Retry()
    {
        if (Cluster.Decide(new ClusterCommand.ReopenRun(HostSamples.Blue, Run.Run), Now).Reply is ClusterReply.Reopened)
        {
            Handle(new ClusterCommand.ReopenRun(HostSamples.Blue, Run.Run));
            Handle(new RunCommand.Retry(Run.Run, "ops"));
        }
    }

    /// <summary>Runs a health check on a host that has no turn.</summary>
    public void Check(int index)
    {
        var host = HostAt(index);
        var machine = Machines[host.Address.Value];
        if (host.TurnStep is null && !_running.ContainsKey(host.Address.Value) && host.Due().Contains(HostSamples.Check))
        {
            ShellOutcome outcome = machine.Unreachable ? new ShellOutcome.Unreachable("no route")
                : machine.HasAnotherKey ? new ShellOutcome.HostKeyChanged(HostSamples.OtherKey) : HostSamples.Done(machine.Boot);
            Handle(new HostCommand.CommandCompleted(host.Address, new HostTask.Check(), outcome));
        }
    }

    /// <summary>Returns all events in order, to debug a failed simulation.</summary>
    public override string ToString() => string.Join('\n', _runJournal.Select(e => (e.At, "run", (object)e))
        .Concat(_hostJournals.SelectMany(j => j.Value.Where(e => e.At >= RunSamples.Start).Select(e => (e.At, j.Key, (object)e))))
        .Concat(_clusterJournal.Select(e => (e.At, "cluster", (object)e))).OrderBy(e => e.At)
        .Select(e => $"{e.At:T} {e.Item2}: {e.Item3}"));

    private int CountUnavailable() =>
        Run.Turns.Select(t => t.Host)
            .Union(Manager.Cordons.Where(c => c.Value.Run == Run.Run && IsMember(c.Key)).Select(c => c.Key))
            .Union(Hosts.Values.Where(FailedInTurn).Select(h => h.Address)).Count();

    // A host that leaves is no member before its node is removed, and before the run hears of it.
    private bool IsMember(HostAddress host) =>
        Hosts[host.Value].Membership is not null && Run.Hosts[host.Value].Phase != RunHostPhase.Left;

    // Includes only hosts that have not recovered since.
    private bool FailedInTurn(HostState host) => host is { Status: HostStatus.Failed, Membership: not null }
        && Run.Hosts.GetValueOrDefault(host.Address.Value) is { Failures: > 0 } runHost && runHost.Failures == host.Failures;

    private void Store(string host, HostEvent e)
    {
        _hostJournals[host].Add(e);
        Hosts[host] = Hosts[host].Evolve(e);
    }

    private void Store(ClusterEvent e)
    {
        _clusterJournal.Add(e);
        Cluster = Cluster.Evolve(e);
    }

    private static int Number(HostAddress host) => host.Value[^1] - '0';
}
